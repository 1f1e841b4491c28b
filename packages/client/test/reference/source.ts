import { connect } from '@group-services/client';

const services = await connect();
const server = await services.join('database');
const pool = await services.join('connections', { attributes: { source: 'database' } });
const over = new Promise((resolve) => pool.on('removed', ({ reason }) => resolve(reason)));

await server.leave();
console.log('connections are over:', await over);
await services.close();
