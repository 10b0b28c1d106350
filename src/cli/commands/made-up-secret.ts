/** Known to everyone, for what only this machine reaches. */
export const MADE_UP_SECRET = 'sandbox-secret';
