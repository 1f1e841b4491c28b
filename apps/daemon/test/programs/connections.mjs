// Opens so many connections and says nothing on them, as somebody does who wants to keep others out. Tells its
// parent after every hundred, and afterwards whenever the other side has ended some more of them.
import { connect } from 'node:net';

const { port, count, from } = JSON.parse(process.argv[2]);
const BATCH = 100;
const sockets = [];
let [opened, refused, ended] = [0, 0, 0];

/** Resolves when it is known whether it was opened. */
function open() {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from });
    sockets.push(socket);
    let isOpen = false;
    socket.on('connect', () => {
      isOpen = true;
      opened += 1;
      resolve();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      if (isOpen) ended += 1;
      else refused += 1;
      resolve();
    });
    socket.resume();
  });
}

for (let made = 0; made < count; made += BATCH) {
  await Promise.all(Array.from({ length: Math.min(BATCH, count - made) }, open));
  process.send({ opened, refused, ended });
}
let told = ended;
setInterval(() => {
  if (ended === told) return;
  told = ended;
  process.send({ opened, refused, ended });
}, 50);
process.on('disconnect', () => process.exit(0));
