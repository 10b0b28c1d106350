/** The label by which a pod asks, with the name of its profile. */
export const LABEL = 'ssec-proxy.io/inject';

/** The annotation of a pod that has its proxy, with the name of the profile. */
export const INJECTED = 'ssec-proxy.io/injected';

/** The container's name. */
export const SIDECAR = 'ssec-proxy';

/** What the names of its volumes begin with. */
export const VOLUME = 'ssec-proxy-';

/** The ConfigMap of a profile. */
export const configMapOf = (profile: string): string => `ssec-proxy-${profile}`;

/** Its keys: how the sidecar is made, and what the proxy reads. */
export const PROFILE_FILE = 'inject.yaml';
export const CONFIG_FILE = 'config.yaml';

/** Where Kubernetes puts the token of the pod's service account, into each container that has nothing there. */
export const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Where the ConfigMap is in the sidecar. */
export const CONFIG_FOLDER = '/etc/ssec-proxy';
