/** The name of the product, with its mark. */
import { TEXT } from "../text/console.ts";

export function Brand() {
  return (
    <p className="flex items-center gap-2 font-semibold tracking-tight">
      <svg aria-hidden="true" viewBox="0 0 16 16" className="size-5 text-link">
        <path
          d="M2 7.2 8 2l6 5.2V14H2zM8 2v12M2 9.5h12"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
          strokeLinejoin="round"
        />
      </svg>
      {TEXT.product}
    </p>
  );
}
