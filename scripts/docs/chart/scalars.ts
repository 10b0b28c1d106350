import { z } from 'zod';

/** What several values of the chart are. */
export const Port = z.int().min(1).max(65_535);

/** `100m`, `0.5`, `512Mi`; null for what the chart decides. */
export const Quantity = z
  .union([z.number().min(0), z.string().regex(/^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/)])
  .nullable();

/** `10.0.0.0/8`, `fd00::/8`. */
const BYTE = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4 = `(${BYTE}\\.){3}${BYTE}`;
const IPV6 = `([0-9a-fA-F]{0,4}:){2,7}([0-9a-fA-F]{0,4}|${IPV4})`;
export const CIDR = new RegExp(`^(${IPV4}/(3[0-2]|[12]?[0-9])|${IPV6}/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$`);

/** The name of an object. */
export const NAME = '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$';

/** The name of an object, or nothing. */
export const name = () => z.string().regex(/^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?$/);

/** Labels, annotations. */
export const names = () => z.record(z.string(), z.string());

/** A piece of Kubernetes' own API, which the API server judges. */
export const kubernetes = () => z.record(z.string(), z.unknown());

/** A part of the chart that is switched on by `enabled`. */
export const onlyIf = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject({ enabled: z.boolean(), ...shape }).partial();
