//! AutoMod: what it would say of a message, the messages it holds, and how strict it is.

use crate::helix::{Invalid, List, One, check, endpoint, split};
use crate::id::{ChatMessageId, UserId};
use crate::wire::{null_as_default, open_enum};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Asks whether AutoMod would let messages pass. Twitch takes few of these a minute and hour: 5 and 50, for affiliates
/// 10 and 100, for partners 30 and 300.
#[derive(Clone, Debug, Serialize)]
pub struct CheckAutoModStatus {
    /// The channel whose settings and blocked terms are applied.
    pub broadcaster_id: UserId,
    /// The messages, 1 to 100.
    #[serde(skip)]
    pub messages: Vec<AutoModMessage>,
}

endpoint!(CheckAutoModStatus = "check-automod-status": post "/moderation/enforcements/status"
    => List<AutoModVerdict>, user(broadcaster_id), scopes: any(ModerationRead), body: data(messages),
    check: |r| check::count("data", r.messages.len(), 1, 100));
split!(CheckAutoModStatus, messages by 100);

impl CheckAutoModStatus {
    /// Checks messages, each under an id of the caller's choice.
    pub fn new<I: Into<CompactString>, T: Into<String>>(
        broadcaster: impl Into<UserId>,
        messages: impl IntoIterator<Item = (I, T)>,
    ) -> Self {
        let message = |(id, text): (I, T)| AutoModMessage { msg_id: id.into(), msg_text: text.into() };
        CheckAutoModStatus {
            broadcaster_id: broadcaster.into(),
            messages: messages.into_iter().map(message).collect(),
        }
    }
}

/// A message to be checked.
#[derive(Clone, Debug, Serialize)]
pub struct AutoModMessage {
    /// An id of the caller's choice, which the verdict repeats.
    pub msg_id: CompactString,
    /// The text.
    pub msg_text: String,
}

/// What AutoMod would do with a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutoModVerdict {
    /// The caller's id for the message.
    pub msg_id: CompactString,
    /// Whether it would pass; if not, AutoMod would hold or block it.
    pub is_permitted: bool,
}

/// Lets a message that AutoMod holds pass, or not.
#[derive(Clone, Debug, Serialize)]
pub struct ManageHeldAutoModMessage {
    /// Who decides: a moderator, or the broadcaster.
    pub user_id: UserId,
    /// The message.
    pub msg_id: ChatMessageId,
    /// What becomes of it.
    pub action: AutoModAction,
}

endpoint!(ManageHeldAutoModMessage = "manage-held-automod-messages": post "/moderation/automod/message" => (),
    user(user_id), scopes: any(ModeratorManageAutomod), body: whole);

impl ManageHeldAutoModMessage {
    /// Lets a message into the chat.
    pub fn allow(moderator: impl Into<UserId>, message: impl Into<ChatMessageId>) -> Self {
        let action = AutoModAction::Allow;
        ManageHeldAutoModMessage { user_id: moderator.into(), msg_id: message.into(), action }
    }

    /// Keeps a message out of the chat.
    pub fn deny(moderator: impl Into<UserId>, message: impl Into<ChatMessageId>) -> Self {
        ManageHeldAutoModMessage { action: AutoModAction::Deny, ..Self::allow(moderator, message) }
    }
}

open_enum! {
    /// What becomes of a message that AutoMod holds.
    pub enum AutoModAction {
        /// It passes.
        Allow = "ALLOW",
        /// It does not.
        Deny = "DENY",
    }
}

/// Gets how strict AutoMod is in a channel.
#[derive(Clone, Debug, Serialize)]
pub struct GetAutoModSettings {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who asks: a moderator, or the broadcaster.
    pub moderator_id: UserId,
}

endpoint!(GetAutoModSettings = "get-automod-settings": get "/moderation/automod/settings" => One<AutoModSettings>,
    user(moderator_id), scopes: any(ModeratorReadAutomodSettings));

impl GetAutoModSettings {
    /// The settings of a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        GetAutoModSettings { broadcaster_id: broadcaster.into(), moderator_id: moderator.into() }
    }
}

/// Sets how strict AutoMod is in a channel, in all or category by category. What is not given is set to 0.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateAutoModSettings {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who sets it: a moderator, or the broadcaster.
    pub moderator_id: UserId,
    /// The new settings.
    #[serde(skip)]
    pub settings: NewAutoModSettings,
}

endpoint!(UpdateAutoModSettings = "update-automod-settings": put "/moderation/automod/settings"
    => One<AutoModSettings>, user(moderator_id), scopes: any(ModeratorManageAutomodSettings),
    body: json(settings), check: |r| r.settings.limits());

impl UpdateAutoModSettings {
    /// Sets one level, 0 to 4, from which Twitch derives those of the categories.
    pub fn overall(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>, level: u8) -> Self {
        UpdateAutoModSettings {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            settings: NewAutoModSettings::Overall { overall_level: level },
        }
    }

    /// Sets the level of each category.
    pub fn each(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>, levels: AutoModLevels) -> Self {
        UpdateAutoModSettings {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            settings: NewAutoModSettings::Each(levels),
        }
    }
}

/// How strict AutoMod is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum NewAutoModSettings {
    /// By one level.
    Overall {
        /// From 0 (off) to 4 (strictest).
        overall_level: u8,
    },
    /// Category by category.
    Each(AutoModLevels),
}

impl NewAutoModSettings {
    fn limits(&self) -> Result<(), Invalid> {
        let level = |field, level| check::range(field, level, 0, 4);
        match self {
            NewAutoModSettings::Overall { overall_level } => level("overall_level", *overall_level),
            NewAutoModSettings::Each(levels) => level("aggression", levels.aggression)
                .and(level("bullying", levels.bullying))
                .and(level("disability", levels.disability))
                .and(level("misogyny", levels.misogyny))
                .and(level("race_ethnicity_or_religion", levels.race_ethnicity_or_religion))
                .and(level("sex_based_terms", levels.sex_based_terms))
                .and(level("sexuality_sex_or_gender", levels.sexuality_sex_or_gender))
                .and(level("swearing", levels.swearing)),
        }
    }
}

/// AutoMod's level for each category, from 0 (off) to 4 (strictest).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AutoModLevels {
    /// Aggression.
    pub aggression: u8,
    /// Name-calling and insults.
    pub bullying: u8,
    /// Discrimination for a disability.
    pub disability: u8,
    /// Discrimination against women.
    pub misogyny: u8,
    /// Discrimination for race, ethnicity or religion.
    pub race_ethnicity_or_religion: u8,
    /// Sexual terms.
    pub sex_based_terms: u8,
    /// Discrimination for sexuality, sex or gender.
    pub sexuality_sex_or_gender: u8,
    /// Swearing.
    pub swearing: u8,
}

/// How strict AutoMod is in a channel; each level lies between 0 (off) and 4 (strictest).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutoModSettings {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who asked.
    pub moderator_id: UserId,
    /// The level that the others follow; none if they were set one by one.
    pub overall_level: Option<u8>,
    /// Aggression.
    #[serde(default, deserialize_with = "null_as_default")]
    pub aggression: u8,
    /// Name-calling and insults.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bullying: u8,
    /// Discrimination for a disability.
    #[serde(default, deserialize_with = "null_as_default")]
    pub disability: u8,
    /// Discrimination against women.
    #[serde(default, deserialize_with = "null_as_default")]
    pub misogyny: u8,
    /// Discrimination for race, ethnicity or religion.
    #[serde(default, deserialize_with = "null_as_default")]
    pub race_ethnicity_or_religion: u8,
    /// Sexual terms.
    #[serde(default, deserialize_with = "null_as_default")]
    pub sex_based_terms: u8,
    /// Discrimination for sexuality, sex or gender.
    #[serde(default, deserialize_with = "null_as_default")]
    pub sexuality_sex_or_gender: u8,
    /// Swearing.
    #[serde(default, deserialize_with = "null_as_default")]
    pub swearing: u8,
}

impl AutoModSettings {
    /// The levels of the categories, to be changed and sent back.
    pub fn levels(&self) -> AutoModLevels {
        AutoModLevels {
            aggression: self.aggression,
            bullying: self.bullying,
            disability: self.disability,
            misogyny: self.misogyny,
            race_ethnicity_or_religion: self.race_ethnicity_or_religion,
            sex_based_terms: self.sex_based_terms,
            sexuality_sex_or_gender: self.sexuality_sex_or_gender,
            swearing: self.swearing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Endpoint;
    use crate::helix::api::fixture::{body, decode, query, refused};
    use serde_json::{Value as Json, json};

    #[test]
    fn messages_are_checked_under_the_callers_ids() {
        let request = CheckAutoModStatus::new("1001", [("a", "hello"), ("b", "!!!")]);
        assert_eq!(query(&request), "broadcaster_id=1001");
        let expected =
            json!({"data": [{"msg_id": "a", "msg_text": "hello"}, {"msg_id": "b", "msg_text": "!!!"}]});
        assert_eq!(body(&request), expected);
        let verdicts = decode::<CheckAutoModStatus>(json!({"data": [
            {"msg_id": "a", "is_permitted": true}, {"msg_id": "b", "is_permitted": false},
        ]}));
        let verdict = |id: &str, is_permitted| AutoModVerdict { msg_id: id.into(), is_permitted };
        assert_eq!(verdicts, [verdict("a", true), verdict("b", false)]);
    }

    #[test]
    fn one_to_a_hundred_messages_are_checked_at_once() {
        let of = |n: usize| CheckAutoModStatus::new("1001", vec![("a", "b"); n]);
        assert_eq!(refused(&of(0)), "`data` wants 1 to 100 values, has 0");
        assert_eq!(refused(&of(101)), "`data` wants 1 to 100 values, has 101");
    }

    #[test]
    fn a_held_message_passes_or_does_not() {
        let request = ManageHeldAutoModMessage::allow("1002", "m1");
        assert_eq!(query(&request), "");
        assert_eq!(request.owner(), Some(&UserId::new("1002")));
        assert_eq!(body(&request), json!({"user_id": "1002", "msg_id": "m1", "action": "ALLOW"}));
        let denied = json!({"user_id": "1002", "msg_id": "m1", "action": "DENY"});
        assert_eq!(body(&ManageHeldAutoModMessage::deny("1002", "m1")), denied);
        decode::<ManageHeldAutoModMessage>(Json::Null);
    }

    fn wire(overall: Json) -> Json {
        json!({"data": [{
            "broadcaster_id": "1001", "moderator_id": "1002", "overall_level": overall, "disability": 3,
            "aggression": 1, "sexuality_sex_or_gender": 4, "misogyny": 3, "bullying": 2, "swearing": 0,
            "race_ethnicity_or_religion": 4, "sex_based_terms": 1,
        }]})
    }

    const LEVELS: AutoModLevels = AutoModLevels {
        aggression: 1,
        bullying: 2,
        disability: 3,
        misogyny: 3,
        race_ethnicity_or_religion: 4,
        sex_based_terms: 1,
        sexuality_sex_or_gender: 4,
        swearing: 0,
    };

    #[test]
    fn settings_go_out_as_they_came_in() {
        assert_eq!(query(&GetAutoModSettings::new("1001", "1002")), "broadcaster_id=1001&moderator_id=1002");
        let settings = decode::<GetAutoModSettings>(wire(Json::Null));
        assert_eq!((settings.broadcaster_id.as_str(), settings.moderator_id.as_str()), ("1001", "1002"));
        assert_eq!(settings.overall_level, None);
        assert_eq!(settings.levels(), LEVELS);
        let request = UpdateAutoModSettings::each("1001", "1002", settings.levels());
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002");
        let expected = json!({
            "aggression": 1, "bullying": 2, "disability": 3, "misogyny": 3, "race_ethnicity_or_religion": 4,
            "sex_based_terms": 1, "sexuality_sex_or_gender": 4, "swearing": 0,
        });
        assert_eq!(body(&request), expected);
    }

    #[test]
    fn one_level_for_all_excludes_the_single_ones() {
        let request = UpdateAutoModSettings::overall("1001", "1002", 3);
        assert_eq!(body(&request), json!({"overall_level": 3}));
        let settings = decode::<UpdateAutoModSettings>(wire(json!(3)));
        assert_eq!((settings.overall_level, settings.levels()), (Some(3), LEVELS));
    }

    #[test]
    fn levels_end_at_4() {
        let words = "`overall_level` must be 0 to 4, is 5";
        assert_eq!(refused(&UpdateAutoModSettings::overall("1001", "1002", 5)), words);
        let levels = AutoModLevels { swearing: 5, ..LEVELS };
        let words = "`swearing` must be 0 to 4, is 5";
        assert_eq!(refused(&UpdateAutoModSettings::each("1001", "1002", levels)), words);
    }
}
