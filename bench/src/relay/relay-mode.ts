/**
 * The two forms of the bare relay. `frame` forwards received slices and stamps the number in place:
 * the physical limit. `msg` makes an object of every message at every hop and encodes it again:
 * the limit for code written message by message.
 */
export type RelayMode = 'frame' | 'msg';
