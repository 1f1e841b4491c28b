/** What a command has to say, and how its process ends. */
export interface CommandResult {
  readonly exitCode: number;
  readonly text: string;
}
