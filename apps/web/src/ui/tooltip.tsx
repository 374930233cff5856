import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement } from 'react';
import { Shortcut } from './shortcut.tsx';

export interface TooltipProps {
  label: string;
  /** A keyboard shortcut to show beside it, as in `Mod+K`. */
  shortcut?: string | undefined;
  children: ReactElement<Record<string, unknown>>;
}

/** Explains a control to whoever lingers on it. Its control has an accessible name of its own. */
export function Tooltip({ label, shortcut, children }: TooltipProps) {
  return (
    <Base.Root disableHoverablePopup>
      <Base.Trigger render={children} closeOnClick />
      <Base.Portal>
        <Base.Positioner sideOffset={6} collisionPadding={8} className="pointer-events-none z-50">
          <Base.Popup className="popping flex items-center gap-2 rounded-md bg-ink px-2 py-1 text-paper text-xs shadow-raised">
            {label}
            {shortcut !== undefined && <Shortcut keys={shortcut} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
