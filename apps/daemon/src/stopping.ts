/** What all who are connected, or come too late, are told by a daemon that ends or begins again. */
export const STOPPING = 'this daemon is stopping';
