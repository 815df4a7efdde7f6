"""
A bad line between two programs on this machine: slow, broken off at random, dead without a word, or closed late.
"""

import asyncio
import contextlib
import random
import socket
import struct
import threading

WAYS = ("latency", "reset", "half_open", "slow_close")
"""What can be wrong with a line; ``through`` is one with which nothing is."""
LATENCY_SECONDS = 2
RESET_SHARE = 0.01
SLOW_CLOSE_SECONDS = 10


class Link:
    """One connection through the line: both its ends."""

    def __init__(self, *writers):
        self.writers, self.is_dead = writers, False

    def reset(self):
        """Break off at once, so that both ends are told that the other one has reset the connection."""
        for each in self.writers:
            opened = each.get_extra_info("socket")
            with contextlib.suppress(OSError):
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            each.transport.abort()


class Line:
    """
    A line to a port; ``how`` says what is wrong with it now. What is random follows the seed. A connection that once
    was half open stays so: both ends keep it, and nothing comes through any more.
    """

    def __init__(self, to, seed):
        self.to, self.how, self.chance = to, "through", random.Random(seed)  # noqa: S311  no secret
        self.links, self.resets, self.port = 0, 0, None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_error):
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self):
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self):
        self._over, self._tasks = asyncio.Event(), set()
        server = await asyncio.start_server(self._opened, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for each in self._tasks:
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _opened(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.links += 1
        beyond = None
        try:
            from_beyond, beyond = await asyncio.open_connection("127.0.0.1", self.to)
            link = Link(writer, beyond)
            await asyncio.gather(self._carry(reader, beyond, link), self._carry(from_beyond, writer, link))
        except (OSError, asyncio.CancelledError):
            pass  # the far end does not answer, or the line is taken down
        finally:
            for each in (writer, beyond):
                if each is not None:
                    each.transport.abort()

    async def _carry(self, reader, writer, link):
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                link.is_dead = link.is_dead or self.how == "half_open"
                if link.is_dead:
                    continue
                if self.how == "latency":
                    await asyncio.sleep(LATENCY_SECONDS)
                if self.how == "reset" and self.chance.random() < RESET_SHARE:
                    self.resets += 1
                    link.reset()
                    return
                writer.write(data)
                await writer.drain()
        if link.is_dead or self.how == "half_open":
            await self._over.wait()
        if self.how == "slow_close":
            await asyncio.sleep(SLOW_CLOSE_SECONDS)
        writer.close()
