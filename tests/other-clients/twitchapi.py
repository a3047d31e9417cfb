"""A client of another language against the simulated Twitch: twitchAPI for Python.

It takes an app token, then a user's, subscribes to chat over an EventSub WebSocket, hears a message that the control page
lets somebody write, and says OK. Started by run.sh with what `serve` prints.
"""

import asyncio
import os
import urllib.parse
import urllib.request

from twitchAPI.eventsub.websocket import EventSubWebsocket
from twitchAPI.helper import first
from twitchAPI.twitch import Twitch
from twitchAPI.type import AuthScope

BASE = os.environ["SIM"]
WORDS = "Hello from another language"


def write(channel):
    """Lets somebody write in a channel."""
    form = urllib.parse.urlencode({"who": "brook", "channel": channel, "text": WORDS}).encode()
    urllib.request.urlopen(f"{BASE}/sim/chat", form, timeout=10).read()


async def main():
    twitch = Twitch(
        os.environ["CLIENT_ID"],
        os.environ["CLIENT_SECRET"],
        authenticate_app=False,
        base_url=f"{BASE}/helix/",
        auth_base_url=f"{BASE}/oauth2/",
    )
    await twitch.authenticate_app([])
    print("an app token is here")
    await twitch.set_user_authentication(
        os.environ["ACCESS_TOKEN"], [AuthScope.USER_READ_CHAT], os.environ["REFRESH_TOKEN"], validate=False
    )
    me = await first(twitch.get_users())
    print(f"{me.login} is {me.id}")

    heard = asyncio.get_running_loop().create_future()

    async def on_message(event):
        # Callbacks run in the library's own loop.
        heard.get_loop().call_soon_threadsafe(heard.set_result, event.event.message.text)

    eventsub = EventSubWebsocket(
        twitch, connection_url=f"{BASE.replace('http', 'ws', 1)}/ws", subscription_url=f"{BASE}/helix/"
    )
    eventsub.start()
    await eventsub.listen_channel_chat_message(me.id, me.id, on_message)
    print("subscribed")
    write(me.login)
    text = await asyncio.wait_for(heard, 20)
    await eventsub.stop()
    await twitch.close()
    assert text == WORDS, text
    print("OK")


asyncio.run(asyncio.wait_for(main(), 60))
