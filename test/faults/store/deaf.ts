import net, { type AddressInfo } from 'node:net';

/** Listens, says its port, and stops itself: the kernel takes as many connections as its queue holds, and then no more. */
const server = net.createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port }, () =>
    process.kill(process.pid, 'SIGSTOP'),
  );
});
