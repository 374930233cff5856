/** An error on its way between threads: structured cloning would lose its `code`. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure };

/** An error that happened in another thread. `code` is SQLite's, where it came from there. */
export class ThreadError extends Error {
  override readonly name = 'ThreadError';
  readonly code: string | undefined;

  constructor({ name, message, code }: Failure) {
    super(name === 'Error' ? message : `${name}: ${message}`);
    this.code = code;
  }
}

export function describe(error: unknown): Failure {
  const { name, message, code } = error as { name?: string; message?: string; code?: unknown };
  return {
    name: name ?? 'Error',
    message: message ?? String(error),
    code: typeof code === 'string' ? code : undefined,
  };
}

export const revive = (failure: Failure): ThreadError => new ThreadError(failure);
