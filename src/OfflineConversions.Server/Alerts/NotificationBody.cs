using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Alerts;

/// <summary>Writes a notification in the form of its receiver.</summary>
internal static class NotificationBody
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the body is no part of a web page
    };

    public static byte[] Write(Notification notification, WebhookFormat format) =>
        format switch
        {
            WebhookFormat.Slack => Bytes(new JsonObject { ["text"] = Line(notification) }),
            WebhookFormat.Teams => Bytes(Card(notification)),
            _ => JsonSerializer.SerializeToUtf8Bytes(notification, Json),
        };

    private static string Line(Notification notification) =>
        notification.State == AlertState.Firing
            ? $"[{notification.Alert}] {notification.Text} {notification.Remedy}".TrimEnd()
            : $"[resolved] {notification.Text}";

    // Teams' workflows accept a message with one adaptive card.
    private static JsonObject Card(Notification notification) =>
        new()
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(
                new JsonObject
                {
                    ["contentType"] = "application/vnd.microsoft.card.adaptive",
                    ["content"] = new JsonObject
                    {
                        ["type"] = "AdaptiveCard",
                        ["version"] = "1.4",
                        ["body"] = new JsonArray(
                            new JsonObject
                            {
                                ["type"] = "TextBlock",
                                ["text"] = Line(notification),
                                ["wrap"] = true,
                            }
                        ),
                    },
                }
            ),
        };

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString(Json));
}
