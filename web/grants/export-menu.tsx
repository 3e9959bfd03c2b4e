/** What the list shows, as a file: all rows of its filter, with the stamp beside them. */
import { Download } from "lucide-react";
import { Button } from "../components/ui/button.tsx";
import { Menu, MenuItem, MenuLabel } from "../components/ui/menu.tsx";
import { TEXT } from "../text/console.ts";
import { grantWords } from "../text/grants.ts";

const { exports } = grantWords;
export type Format = keyof typeof exports.formats;
const FORMATS = Object.keys(exports.formats) as Format[];

export function ExportMenu({ address }: { address: (format: Format) => string }) {
  return (
    <Menu
      trigger={
        <Button>
          <Download aria-hidden /> {TEXT.table.export}
        </Button>
      }
    >
      <MenuLabel>{exports.note}</MenuLabel>
      {FORMATS.map((format) => (
        <MenuItem key={format} asChild>
          <a href={address(format)} download>
            {exports.formats[format]}
          </a>
        </MenuItem>
      ))}
    </Menu>
  );
}
