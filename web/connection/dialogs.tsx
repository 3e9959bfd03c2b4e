/** The dialogs of a connection's page. The address says which is open, so a verdict's next step can lead to it. */
import type { Role } from "../integrations/tile.tsx";
import type { Connection } from "../integrations/troubles.ts";
import { AdminUserDialog } from "./admin-user.tsx";
import { DisconnectDialog } from "./disconnect.tsx";
import { RenameDialog } from "./rename.tsx";
import { ReplaceDialog } from "./replace.tsx";
import { TestDialog } from "./test.tsx";

interface Props {
  connection: Connection;
  open: string | undefined;
  onClose: () => void;
  role: Role;
}

export function Dialogs({ connection, open, onClose, role }: Props) {
  if (role === "viewer") return null;
  if (open === "test") return <TestDialog connection={connection} onClose={onClose} />;
  if (role !== "admin") return null;
  if (open === "credential") return <ReplaceDialog connection={connection} onClose={onClose} />;
  if (open === "admin") return <AdminUserDialog connection={connection} onClose={onClose} />;
  if (open === "rename") return <RenameDialog connection={connection} onClose={onClose} />;
  if (open === "disconnect") return <DisconnectDialog connection={connection} onClose={onClose} />;
  return null;
}
