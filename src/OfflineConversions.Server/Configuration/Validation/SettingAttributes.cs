using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.RegularExpressions;

namespace OfflineConversions.Server.Configuration.Validation;

/// <summary>The whole text must match a pattern.</summary>
/// <param name="pattern">The pattern, without anchors.</param>
/// <param name="message">What is wrong otherwise, and what to write. <c>{0}</c> is the quoted value.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PatternAttribute(string pattern, string message) : ValidationAttribute(message)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    public override bool IsValid(object? value) =>
        value is not string text || Regex.IsMatch(text, $@"\A(?:{pattern})\z", RegexOptions.None, Timeout);
}

/// <summary>If set, the text must not be blank.</summary>
/// <param name="message">What the setting must be.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotBlankAttribute(string message) : ValidationAttribute(message)
{
    public override bool IsValid(object? value) => value is not string text || !string.IsNullOrWhiteSpace(text);
}

/// <summary>A host name or IP address, without scheme, port and path.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HostNameAttribute()
    : ValidationAttribute("is not a host name; write it without scheme, port or path, for example gateway.example")
{
    public override bool IsValid(object? value) => Uri.CheckHostName((string?)value) != UriHostNameType.Unknown;
}

/// <summary>An address to listen on: an IP address, <c>localhost</c>, or <c>*</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ListeningHostAttribute() : ValidationAttribute("is not an IP address, localhost or *")
{
    public override bool IsValid(object? value) =>
        value is "*" or "localhost" || IPAddress.TryParse((string?)value, out _);
}

/// <summary>An IP address.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class IPAddressTextAttribute() : ValidationAttribute("is not an IP address")
{
    public override bool IsValid(object? value) => IPAddress.TryParse((string?)value, out _);
}

/// <summary>An IP network in CIDR notation.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class IPNetworkTextAttribute() : ValidationAttribute("is not a network; write for example 10.0.0.0/8")
{
    public override bool IsValid(object? value) => IPNetwork.TryParse((string?)value, out _);
}

/// <summary>The origin of a web page, or <c>*</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WebOriginAttribute()
    : ValidationAttribute(
        "is not an origin; write scheme and host without a path, for example https://shop.example, or *"
    )
{
    public override bool IsValid(object? value) =>
        value is "*"
        || (
            value is string origin
            && Uri.TryCreate(origin, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            && address.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase)
        );
}
