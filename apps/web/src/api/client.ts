import { createApiClient } from '@cahier/protocol';

/** The server's HTTP API, at this page's origin. */
export const api = createApiClient();
