/**
 * Pressure (B4): the group takes the pace of the slowest process that still reads.
 *
 * A daemon whose processes have too much of a group unread *presses*. It says so in a number that rides
 * on its acknowledgements, odd while it presses, one more with each change: of two acknowledgements
 * that overtook each other the later one counts, and one that was lost is made good by the next. While
 * any listed member presses, the leader places nothing of processes; it asks those who press again and
 * again, so that the end of the pressure cannot be lost. Pressure belongs to a membership: who is
 * removed presses no more. A new leader hears of it with the answers to its takeover.
 */
export function isPressed(pressure: number): boolean {
  return pressure % 2 === 1;
}
