import mParticle from 'mparticle';
import { email, fail, id, keys, service } from './order.mjs';

const [key, secret] = keys.mparticle;
const api = new mParticle.EventsApi(new mParticle.Configuration(key, secret));
api.apiClient.basePath = `${service}/v2`;

// A batch without events is mParticle's identify call.
const person = () => {
  const batch = new mParticle.Batch(mParticle.Batch.Environment.development);
  batch.user_identities = Object.assign(new mParticle.UserIdentities(), { email, customerid: 'anna' });
  return batch;
};
const sale = person();
sale.source_request_id = id;
const products = [Object.assign(new mParticle.Product(), { id: 'product12356', name: 'Monopoly', price: 39.95, quantity: 1 })];
const action = new mParticle.ProductAction('purchase');
Object.assign(action, { transaction_id: id, total_amount: 39.95, products });
const purchase = new mParticle.CommerceEvent();
Object.assign(purchase, { product_action: action, currency_code: 'USD', timestamp_unixtime_ms: Date.now(), source_message_id: id });
sale.addEvent(purchase);

const send = (call, body) => new Promise((resolve, reject) => call.call(api, body, (error, _, response) =>
  error ? reject(error) : response.status === 202 ? resolve() : reject(new Error(`answered ${response.status}`))));
await send(api.uploadEvents, person()).catch(fail);
await send(api.bulkUploadEvents, [sale]).catch(fail);
