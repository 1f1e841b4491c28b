/** How gsctl ends (`command-line.md`). */
export const EXIT_STATUS = {
  done: 0,
  /** The daemon refused, or what was asked for does not exist. */
  failed: 1,
  /** The command line is wrong. */
  misuse: 2,
  /** Nobody answers at the endpoint, or not in time. */
  unreachable: 3,
} as const;

export type FailureStatus = Exclude<(typeof EXIT_STATUS)[keyof typeof EXIT_STATUS], 0>;

/** Why a command ends without its result, in words for the person who gave it. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly status: FailureStatus;
  /** What was done all the same, as a line of its own. */
  readonly remark: string | undefined;

  constructor(
    status: FailureStatus,
    message: string,
    options: ErrorOptions & { readonly remark?: string } = {},
  ) {
    super(message, options);
    this.status = status;
    this.remark = options.remark;
  }
}
