/** The API server does not let the injector have what it needs. */
export class ApiRefused extends Error {
  override readonly name = 'ApiRefused';

  constructor(what: string, status: number) {
    super(`${what}: the API server answers ${status}${FIXES[status] ?? ''}`);
  }
}

const FIXES: Readonly<Record<number, string>> = {
  401: '; the token of the service account is not accepted',
  403: '; the service account needs the rights that the chart gives it',
  404: '; it is not there: helm upgrade makes it again',
};
