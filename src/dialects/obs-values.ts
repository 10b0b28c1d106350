import { pairs } from './pairs.ts';

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0044.html */
export const STORAGE_CLASSES = pairs(['STANDARD_IA', 'WARM'], ['GLACIER', 'COLD']);
