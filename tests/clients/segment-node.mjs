import { Analytics } from '@segment/analytics-node';
import { fail, id, keys, order, service, traits } from './order.mjs';

const analytics = new Analytics({ writeKey: keys.segment, host: service });
analytics.on('error', fail);
analytics.identify({ userId: 'anna', traits });
analytics.track({ userId: 'anna', event: 'Order Completed', properties: order, context: { traits }, messageId: id });
await analytics.closeAndFlush();
