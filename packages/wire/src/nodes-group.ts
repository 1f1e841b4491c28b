/**
 * The name of the predefined group of the domain's daemons (B12). It stands by itself: the library of processes needs
 * it, and none of the messages between daemons and name servers.
 */
export const NODES_GROUP = '$nodes';
