import type { ErrorCode } from '@cahier/protocol';

/** Why an update is not taken into a document's log. */
export class RefusedUpdate extends Error {
  override readonly name = 'RefusedUpdate';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

export const malformed = (detail: string) => new RefusedUpdate('update_malformed', detail);
export const missing = (detail: string) => new RefusedUpdate('update_missing_dependencies', detail);
