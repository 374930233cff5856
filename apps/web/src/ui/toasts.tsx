import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';

const manager = Toast.createToastManager();

export interface ToastOptions {
  /** One thing that can be done about it, such as taking it back. */
  action?: { label: string; onPress: () => void };
}

/**
 * Shows a short message at the bottom of the window for a few seconds.
 *
 * @returns a function that takes it away before
 */
export function toast(message: string, { action }: ToastOptions = {}): () => void {
  const id = manager.add({
    title: message,
    timeout: action === undefined ? 5000 : 8000,
    ...(action === undefined
      ? {}
      : {
          actionProps: {
            children: action.label,
            onClick: () => {
              manager.close(id);
              action.onPress();
            },
          },
        }),
  });
  return () => manager.close(id);
}

/** Where the messages of {@link toast} appear; once, around the application. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed inset-x-4 bottom-[max(1rem,env(safe-area-inset-bottom))] z-60 mx-auto flex max-w-md flex-col gap-2">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map(item => (
    <Toast.Root
      key={item.id}
      toast={item}
      swipeDirection="down"
      className="rounded-xl bg-ink text-paper shadow-raised transition-[opacity,translate] duration-200 data-ending-style:translate-y-3 data-starting-style:translate-y-3 data-ending-style:opacity-0 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex min-h-12 items-center gap-2 py-1 pr-1.5 pl-4">
        <Toast.Title className="min-w-0 flex-1 text-sm" />
        <Toast.Action className="min-h-9 rounded-lg px-3 font-semibold text-sm underline-offset-4 hover:underline focus-visible:outline-paper" />
        <Toast.Close
          aria-label="Dismiss"
          className="inline-flex size-11 items-center justify-center rounded-lg hover:bg-paper/15 focus-visible:outline-paper"
        >
          <X aria-hidden className="size-4" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
