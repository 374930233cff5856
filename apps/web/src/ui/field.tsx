import { Field } from '@base-ui/react/field';
import clsx from 'clsx';
import { CircleAlert } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';

const inputClass = clsx(
  'min-h-11 w-full rounded-lg border border-edge bg-paper px-3 text-base text-ink pointer-fine:min-h-10',
  'pointer-fine:text-[0.9375rem] focus-visible:outline-offset-0',
);

export interface TextFieldProps extends Omit<ComponentProps<typeof Field.Control>, 'className'> {
  label: string;
  name: string;
  /** What is wrong with it, if anything. */
  error?: string | undefined;
}

/** A labelled line of text. */
export function TextField({ label, name, error, ...props }: TextFieldProps) {
  return (
    <Field.Root name={name} invalid={error !== undefined}>
      <Field.Label className="mb-1.5 block font-medium text-sm">{label}</Field.Label>
      <Field.Control {...props} className={clsx(inputClass, 'data-invalid:border-danger')} />
      {error !== undefined && (
        // Said as well: the focus stays in the field, whose description nobody reads out again by itself.
        <Field.Error match role="alert" className="mt-1.5 text-danger text-sm">
          {error}
        </Field.Error>
      )}
    </Field.Root>
  );
}

/** Says that something failed, to eyes and to screen readers. */
export function FormError({ children }: { children: ReactNode }) {
  return (
    <div role="alert" className="flex gap-2.5 rounded-lg bg-danger-wash px-3.5 py-2.5 text-danger text-sm">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div>{children}</div>
    </div>
  );
}
