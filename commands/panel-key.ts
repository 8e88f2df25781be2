import { randomBytes } from 'node:crypto';

/** Marks the buttons of a panel that belongs to one person; what it waits with is kept as a draft under the same key. */
export const newPanelKey = (): string => randomBytes(16).toString('base64url');
