import { connect } from '@group-services/client';

const services = await connect();
const chat = await services.join('chat');
chat.on('message', ({ from, message }) => console.log(from, new TextDecoder().decode(message)));

// Its own message comes to the sender, too, before the promise settles.
const { position } = await chat.send(new TextEncoder().encode('hello'), { delivery: 'safe' });
console.log('everybody has it at position', position);
await services.close();
