/**
 * Listings, from their first page to what they prove. apply.ts: a page; absence.ts: the end; listed.ts: what is known of
 * listings; levels.ts: what follows from users and grants.
 */

export { refreshLevels } from "../users/levels.ts";
export { acceptHeld, finishListing } from "./absence.ts";
export { absentUsers, applyPage, beginListing, markAbsentExcept, notAbsent, storedRows } from "./apply.ts";
export { heldIds, heldListing, heldListings, lastListing } from "./listed.ts";
