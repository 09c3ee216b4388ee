import Analytics from 'analytics-node';
import { fail, id, keys, order, service, traits } from './order.mjs';

const analytics = new Analytics(keys.segment, { host: service, errorHandler: fail });
analytics.identify({ userId: 'anna', traits });
analytics.track({ userId: 'anna', event: 'Order Completed', properties: order, context: { traits }, messageId: id });
await analytics.flush();
