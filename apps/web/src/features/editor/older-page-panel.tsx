import { RotateCw } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import type { PageAge } from './use-older-page.ts';

/** Says why a page that does not know everything in a document does not write in it. */
export function OlderPagePanel({ age }: { age: Extract<PageAge, 'older' | 'unsure'> }) {
  return (
    <div role="alert" className="my-2 rounded-xl max-sm:mx-1.5 bg-accent-wash px-5 py-4">
      <h2 className="font-semibold text-base text-ink">
        {age === 'older'
          ? 'This page is older than the document'
          : 'This page does not know everything in the document'}
      </h2>
      <p className="mt-0.5 text-ink text-sm">
        {age === 'older'
          ? 'Somebody has used something in it that this page does not know yet. Reload to go on writing. What you wrote is kept.'
          : 'When the server can be reached, it will turn out whether there is a newer one. Until then you can read, and what you wrote is kept.'}
      </p>
      {age === 'older' && (
        <Button className="-ml-3.5 mt-2" onClick={() => window.location.reload()}>
          <RotateCw aria-hidden className="size-4" />
          Reload
        </Button>
      )}
    </div>
  );
}
