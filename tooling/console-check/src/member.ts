// A process that joins a group and takes part in its votes. It votes to approve, unless its parent has told it
// to vote otherwise or to wait: then its vote is missing until it is told to go on.
import { approve, connect, type JoinOptions, keepVoting, reject } from '@group-services/client';

interface Job {
  readonly endpoint: string;
  readonly group: string;
  readonly options: JoinOptions;
}

export type Order =
  | { readonly kind: 'vote'; readonly value: 'approve' | 'reject' | 'continue' | 'wait' }
  | { readonly kind: 'barrier'; readonly phases: number; readonly timeLimit: number }
  | { readonly kind: 'state'; readonly value: string; readonly isVoted: boolean }
  | { readonly kind: 'send'; readonly perSecond: number }
  | { readonly kind: 'leave' };

let value: Extract<Order, { kind: 'vote' }>['value'] = 'approve';
let goOn: () => void = () => {};
const bytes = new TextEncoder();

const job = JSON.parse(process.argv[2] ?? '') as Job;
const { endpoint, group, options } = job;
const services = await connect({
  endpoint,
  name: options.instance,
  responsiveness: { interval: 2_000, timeout: 1_000 },
});
const provider = await services.join(group, {
  ...options,
  // What comes too late is what these processes are for.
  onError: () => {},
  vote: async () => {
    while (value === 'wait') {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    }
    return value === 'reject' ? reject() : value === 'continue' ? keepVoting() : approve();
  },
});
process.on('disconnect', () => process.exit(0));
process.on('message', (order: Order) => {
  obey(order).catch(() => {});
});
process.stdout.write(`${JSON.stringify({ id: provider.id })}\n`);

async function obey(order: Order): Promise<void> {
  switch (order.kind) {
    case 'vote':
      value = order.value;
      goOn();
      return;
    case 'barrier': {
      const { phases, timeLimit } = order;
      await provider.barrier({ phases: { exactly: phases }, timeLimit });
      return;
    }
    case 'state': {
      const phases = order.isVoted ? 'voting' : 1;
      await provider.changeState(bytes.encode(order.value), { phases });
      return;
    }
    case 'send': {
      const send = (): void => {
        provider.send(bytes.encode('news')).catch(() => {});
      };
      setInterval(send, 1_000 / order.perSecond);
      return;
    }
    case 'leave':
      await provider.leave();
      return;
  }
}
