/** Says a list that was asked for anew, once it is there: <ListSaid which={…} text={null} /> waits. The first one is read with its page. */
import { useEffect, useRef, useState } from "react";

export function ListSaid({ which, text }: { which: string; text: string | null }) {
  const heard = useRef(which);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (text === null || heard.current === which) return;
    heard.current = which;
    setSaid(text);
  }, [which, text]);
  return (
    <p role="status" className="sr-only">
      {said}
    </p>
  );
}
