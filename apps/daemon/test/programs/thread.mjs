// A member in a thread of its own, and in processes of a cluster. Runs from the built SDK.
import cluster from 'node:cluster';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { connect } from '@group-services/client';

async function member(endpoint) {
  const services = await connect({ endpoint });
  return (await services.join('threads')).id;
}

const tell = (message) => process.send(message);
if (!isMainThread) {
  parentPort.postMessage(await member(workerData));
} else if (cluster.isWorker) {
  tell(await member(process.argv[2]));
} else {
  const endpoint = process.argv[2];
  const thread = new Worker(new URL(import.meta.url), { workerData: endpoint });
  thread.once('message', (id) => tell({ thread: id }));
  const worker = cluster.fork();
  worker.once('message', (id) => tell({ process: id }));
  // The thread ends with everything in it, and the rest of the process goes on.
  process.on('message', (word) =>
    word === 'thread' ? thread.terminate() : worker.kill('SIGKILL'),
  );
}
