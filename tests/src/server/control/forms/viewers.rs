//! What viewers do.

use super::super::sent::{Refusal, Sent};
use super::{Form, deed, form};
use crate::world::{Action, Deed, Tier};

pub(super) const FORMS: &[Form] = &[
    form(
        "chat",
        "somebody writes in a channel's chat",
        &[("who", "brook"), ("channel", "ada"), ("text", "Hello!")],
        |sent| {
            let text = sent.words("text")?;
            Ok(Action::Chat { who: sent.user("who")?, channel: sent.user("channel")?, text })
        },
    ),
    form("follow", "somebody follows a channel", &[("who", "brook"), ("channel", "ada")], |sent| {
        Ok(Action::Follow { who: sent.user("who")?, channel: sent.user("channel")? })
    }),
    form(
        "whisper",
        "somebody whispers to somebody",
        &[("from", "brook"), ("to", "ada"), ("text", "Psst")],
        |sent| {
            let text = sent.words("text")?;
            Ok(Action::Whisper { from: sent.user("from")?, to: sent.user("to")?, text })
        },
    ),
    form(
        "subscribe",
        "a viewer subscribes, at tier 1, 2 or 3",
        &[("who", "brook"), ("channel", "ada"), ("tier", "1")],
        |sent| {
            let tier = tier(sent)?;
            deed(sent, Deed::Subscribe(tier))
        },
    ),
    form(
        "resubscribe",
        "a viewer tells of another month",
        &[("who", "brook"), ("channel", "ada"), ("text", "Again!")],
        |sent| {
            let text = sent.words("text")?;
            deed(sent, Deed::Resubscribe(text))
        },
    ),
    form(
        "gift",
        "somebody gives subscriptions to viewers",
        &[("who", "brook"), ("channel", "ada"), ("to", "cleo, dan"), ("tier", "1")],
        |sent| {
            let (to, tier) = (sent.users("to")?, tier(sent)?);
            deed(sent, Deed::Gift(to, tier))
        },
    ),
    form("unsubscribe", "a subscription runs out", &[("who", "brook"), ("channel", "ada")], |sent| {
        deed(sent, Deed::Unsubscribe)
    })
    .needs("a subscription of the viewer's"),
    form(
        "cheer",
        "a viewer cheers bits",
        &[("who", "brook"), ("channel", "ada"), ("bits", "100"), ("text", "Cheer100 well done")],
        |sent| {
            let (bits, text) = (sent.number("bits")?, sent.words("text")?);
            deed(sent, Deed::Cheer(bits, text))
        },
    ),
    form(
        "hype-train",
        "a hype train starts, or goes on",
        &[("who", "brook"), ("channel", "ada"), ("bits", "1000")],
        |sent| {
            let bits = sent.number("bits")?;
            deed(sent, Deed::HypeTrain(bits))
        },
    ),
    form(
        "redeem-power-up",
        "a viewer buys a power-up, by title or id",
        &[("who", "brook"), ("channel", "ada"), ("power-up", "Confetti")],
        |sent| {
            let power_up = sent.words("power-up")?;
            deed(sent, Deed::RedeemPowerUp(power_up))
        },
    )
    .needs("the power-up"),
    form(
        "redeem",
        "a viewer redeems a reward, by title or id",
        &[("who", "brook"), ("channel", "ada"), ("reward", "Hydrate"), ("input", "")],
        |sent| {
            let (reward, input) = (sent.words("reward")?, sent.get("input").to_owned());
            deed(sent, Deed::Redeem { reward, input })
        },
    )
    .needs("the reward, enabled and in stock"),
    form(
        "unlock-emote",
        "a viewer unlocks an emote",
        &[("who", "brook"), ("channel", "ada"), ("emote", "adaWave")],
        |sent| {
            let emote = sent.words("emote")?;
            deed(sent, Deed::UnlockEmote(emote))
        },
    ),
    form(
        "predict",
        "a viewer puts points on an outcome",
        &[("who", "brook"), ("channel", "ada"), ("outcome", "Ada"), ("points", "500")],
        |sent| {
            let (outcome, points) = (sent.words("outcome")?, sent.number("points")?);
            deed(sent, Deed::Predict(outcome, points))
        },
    )
    .needs("an open prediction with this outcome"),
    form(
        "vote",
        "a viewer votes in a poll",
        &[("who", "brook"), ("channel", "ada"), ("choice", "Yes")],
        |sent| {
            let choice = sent.words("choice")?;
            deed(sent, Deed::Vote(choice))
        },
    )
    .needs("a running poll with this choice, and no vote of the viewer's"),
    form(
        "donate",
        "a viewer donates to a campaign",
        &[("who", "brook"), ("channel", "ada"), ("cents", "500")],
        |sent| {
            let cents = sent.number("cents")?;
            deed(sent, Deed::Donate(cents))
        },
    )
    .needs("a charity campaign"),
    form(
        "clip",
        "a viewer makes a clip",
        &[("who", "brook"), ("channel", "ada"), ("title", "That jump")],
        |sent| {
            let title = sent.words("title")?;
            deed(sent, Deed::Clip(title))
        },
    ),
    form(
        "buy",
        "a viewer buys a product of an extension",
        &[("who", "brook"), ("channel", "ada"), ("extension", "sim-client"), ("sku", "confetti")],
        |sent| {
            let (extension, sku) = (sent.words("extension")?, sent.words("sku")?);
            deed(sent, Deed::Buy { extension, sku })
        },
    )
    .needs("the product, made by its app with PUT /bits/extensions"),
];

fn tier(sent: &Sent<'_>) -> Result<Tier, Refusal> {
    sent.one_of("tier", &[("1", Tier::One), ("2", Tier::Two), ("3", Tier::Three)])
}
