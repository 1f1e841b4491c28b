import { connect } from '@group-services/client';
import { presence } from '@group-services/recipes';

const services = await connect();
const room = await presence<{ name: string }>(services, 'room');
const changes = room[Symbol.asyncIterator]();
const ada = await room.enter({ name: 'Ada' });
const { value: change } = await changes.next();
console.log(change.metadata.name, 'has', change.type);
console.log(room.list().map(({ metadata }) => metadata.name));
await ada.leave();
await services.close();
