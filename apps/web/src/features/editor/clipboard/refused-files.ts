import { useEffect } from 'react';
import { toast } from '../../../ui/toasts.tsx';

/**
 * A file that is dragged over the page is refused: the browser would open it in the place of the document as soon as it
 * is let go.
 */
export function useRefusedFiles(): void {
  useEffect(() => {
    const refuse = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'none';
    };
    window.addEventListener('dragover', refuse);
    window.addEventListener('drop', refuse);
    return () => {
      window.removeEventListener('dragover', refuse);
      window.removeEventListener('drop', refuse);
    };
  }, []);
}

/** Says so where nothing but files was pasted. Word processors and spreadsheets add a picture of what they also give as text. */
export function refusePastedFiles({ clipboardData }: ClipboardEvent): boolean {
  const isRefused =
    clipboardData !== null && clipboardData.types.length > 0 && clipboardData.types.every(isFiles);
  if (isRefused) toast('Pictures and other files cannot be put into a document.');
  return isRefused;
}

const isFiles = (type: string) => type === 'Files';
