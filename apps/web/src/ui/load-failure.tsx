import type { RequestError } from '@cahier/protocol';
import { Button } from './button.tsx';
import { failureText } from './failure.ts';
import { Notice } from './notice.tsx';

export interface LoadFailureProps {
  error: RequestError;
  onRetry: () => void;
  heading?: 'h1' | 'h2';
}

/** In place of what could not be loaded: why, and another try. */
export function LoadFailure({ error, onRetry, heading = 'h2' }: LoadFailureProps) {
  return (
    <div role="alert">
      <Notice
        title="This could not be loaded"
        heading={heading}
        actions={
          <Button variant="primary" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {failureText(error)}
      </Notice>
    </div>
  );
}
