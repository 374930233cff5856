import { Menu as Base } from '@base-ui/react/menu';
import clsx from 'clsx';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

export const popupClass =
  'popping z-50 min-w-44 rounded-xl border border-line bg-raised p-1 shadow-raised focus-visible:outline-none';

const itemClass = clsx(
  'flex min-h-11 w-full cursor-default select-none items-center gap-2.5 rounded-lg px-3 text-left text-sm outline-none',
  'data-disabled:opacity-50 data-highlighted:bg-hover pointer-fine:min-h-9 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-soft',
);

export interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement<Record<string, unknown>>;
  align?: 'start' | 'end' | 'center';
  /** What gets the focus when it closes; default: its button. */
  returnFocusTo?: () => HTMLElement;
  children: ReactNode;
}

/** A menu that hangs from a button. */
export function Menu({ trigger, align = 'end', returnFocusTo, children }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={6} collisionPadding={8} className="z-50 outline-none">
          <Base.Popup
            className={clsx(popupClass, 'max-h-(--available-height) overflow-y-auto')}
            {...(returnFocusTo === undefined ? {} : { finalFocus: returnFocusTo })}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface MenuItemProps {
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
  children: ReactNode;
}

export function MenuItem({ onSelect, danger = false, disabled = false, children }: MenuItemProps) {
  return (
    <Base.Item
      onClick={onSelect}
      disabled={disabled}
      className={clsx(itemClass, danger && 'text-danger [&_svg]:text-danger')}
    >
      {children}
    </Base.Item>
  );
}

export interface MenuChoiceProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode }[];
}

/** A group of menu items of which exactly one is chosen. */
export function MenuChoice<Value extends string>({
  label,
  value,
  onChange,
  options,
}: MenuChoiceProps<Value>) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-3 pt-2 pb-1 text-faint text-xs">{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={onChange}>
        {options.map(option => (
          <Base.RadioItem key={option.value} value={option.value} closeOnClick className={itemClass}>
            <span className="flex flex-1 items-center gap-2.5">{option.label}</span>
            <Base.RadioItemIndicator>
              <Check aria-hidden />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="mx-2 my-1 h-px bg-line" />;
}
