/** What a member does at present, as far as deliveries are concerned. */
export interface Run {
  onDelivery(bytes: Uint8Array, offset: number): void;
}
