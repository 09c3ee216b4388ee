import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { fail, id, keys, order, service, traits } from './order.mjs';

const analytics = new RudderAnalytics(keys.rudderstack, { dataPlaneUrl: service, errorHandler: fail });
analytics.identify({ userId: 'anna', traits });
analytics.track({ userId: 'anna', event: 'Order Completed', properties: order, context: { traits }, messageId: id });
await analytics.flush();
