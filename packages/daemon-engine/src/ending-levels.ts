/** How loud the end of a membership is; that a group which is waited for is not there yet is no news. */
export const LEVELS = {
  left: 'info',
  removed: 'warn',
  'group-lost': 'warn',
  'unknown-group': 'debug',
} as const;
