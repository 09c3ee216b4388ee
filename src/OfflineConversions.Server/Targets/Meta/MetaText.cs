using System.Collections.Frozen;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>
/// What may be kept of the texts in Meta's answers. They may quote what was sent, so a text is taken as a whole or not
/// at all, and only where each word of it is one of Meta's own.
/// </summary>
internal static class MetaText
{
    private const int LongestTitle = 200;
    private const int MostDigits = 3; // "180 days", but no phone number, postcode, year or id
    private const int LongestTraceId = 40;

    // The words of Graph's titles in Meta's documentation and in public reports, their kin, and the sandbox's. A word
    // that is a name or a place as well, such as "will", does not belong here.
    private static readonly FrozenSet<string> TitleWords = """
        a about above abuse accept accepted access account accounts accurate action active activity actor ad add added additional address ads
        after again against all allow allowed allowlist already also amount an and android another any api app application applications applied
        apps are aren't array as ask asking asset assigned associated at attached attachment attempt attribute attributes authentication
        authorization authorized available bad banned batch be because been before being below between birth blank blocked body both broken
        browser bucket business but by call called calling calls can cannot can't capability catalog category change changed channel characters
        check choose city click client closed code combination commerce complete completed concurrent condition configuration configured confirm
        connect connected connection connector consent contact contain container containing contains content contents conversion conversions
        cookie cookies correct corrupt could couldn't country create created creation credentials culprit currencies currency current currently
        custom customer daily damaged data dataset datasets date days decimal default delay delayed delete deleted delivery denied deprecated
        destination details developer development device did didn't different digits direct directly disabled disallowed does doesn't domain done
        don't down drop dropped due duplicate duplicated during e each edit either email empty enabled end endpoint enough ensure entity entries
        entry equal error errors even event events exact example exceed exceeded exceeds exist existed existing exists expected expired explicit
        export external facebook factor fail failed failure fatal fault faulty fbc fbp feature few field fields file final finish first fix fixed
        flow following for forbidden format found fraud frequently from full function future gender generic get given global go graph greater
        group guidelines had handle has hash hashed hasn't have haven't having header help here high hour hours how http https id identifier
        identifiers identity ids if ignored illegal image import impossible improper in inactive include included inconsistent incorrect increase
        information input instagram instead insufficient integer integrity interface internal into invalid invalidated invocation ios is isn't
        issue issues it item items its json key keys lack lacks language large larger last later latest lead learn least legacy length less level
        limit limited limits linked list listed load locale locked log logged logic login longer looks lower made magnitude mail maintenance
        malformed manage manager mandatory many marketing match matching maximum maybe measurement media medium meets member message messages
        messaging messenger met meta method minimum minutes mismatch missing mobile mode month months more most multiple must name names near
        necessary need needed needs negative network new next no non none not null number numbers numeric oauth object occurred of off offer
        offline offset old older on once one only oops operation opted option optional or order os other others out outside over own owned owner
        page pages paid param parameter parameters params parent parse part partial partner pass passed password past paused payload payment
        pending per permanent permanently permission permissions permitted person phone physical pixel pixels platform please point poison
        policies policy position positive possible post precision present prevented previously prior privacy problem processed processing product
        production products profile program prohibited property provide provided public publish published publishing purchase quantity query
        queue quickly quota range rate reach reached read ready reason reauthorize received recent recipient record records recover redirect
        reduce reference refresh refused regain region registered rejected release relevant reload remove removed repeat reported request
        requested requests required requirement requirements requires reserved reset resolved resource response restricted restriction result
        results retried retrieve retry review revoked right rights root rule run runtime same sandbox scheduled schema scope second seconds
        secret secure security see selected selection send sending sensitive sent separate server service session set setting settings several
        shop should shown side sign signal signature similar simulated single size slow small some something sorry source spam specific specified
        spend split standard start started state status step still stop stopped store stores string subject submit submitted subscription success
        such sufficient support supported suspended switch sync system table target task temporarily temporary terms test text than that that's
        the their them then there these they they're third this threshold throttle throttled throttling through time timeout times timestamp
        title to today together token too total tracking transaction transient trusted try twice two type types unable unacceptable unauthorized
        unavailable unblock under understand unexpected unfortunately uninstalled unique unit unknown unmatched unprocessable unpublished
        unreachable unrecognized unsupported until unusable up update updated upgrade upload uploaded uploads url usage use used user users using
        usually valid validate validating validation value values verification verified verify version via violates violation volume wait wants
        warning was wasn't way web website went were we're what whatsapp when where which while whole window with within without won't written
        wrong year years yet you your you're yours zero zip zone
        action_source client_ip_address client_user_agent content_ids content_type custom_data data_processing_options event_id event_name
        event_source_url event_time external_id fbtrace_id item_price lead_id messaging_channel order_id test_event_code upload_tag user_data
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Known = TitleWords.GetAlternateLookup<
        ReadOnlySpan<char>
    >();

    /// <summary>
    /// An <c>error_user_title</c> in English: known words and up to three digits ("62 days"). In other languages a word
    /// cannot be told from a name; the codes beside the title say the same.
    /// </summary>
    public static string? Title(string? text) =>
        text is { Length: > 0 and <= LongestTitle }
        && text.Count(char.IsDigit) <= MostDigits
        && IsOfKnownWords(text.Replace('\u2019', '\''))
            ? text
            : null;

    /// <summary>An <c>fbtrace_id</c>: one word of letters and digits.</summary>
    public static string? TraceId(string? text) =>
        text is { Length: > 0 and <= LongestTraceId } && text.All(IsOfTraceIds) && text.Any(char.IsAsciiLetter)
            ? text
            : null;

    // No quotation marks stand between the words: between them stands what was sent.
    private static bool IsOfKnownWords(ReadOnlySpan<char> text)
    {
        foreach (var part in text.SplitAny(" \u00A0.,:;!?()/%-\u2013\u2014"))
        {
            var word = text[part];
            if (word.ContainsAnyExceptInRange('0', '9') && !Known.Contains(word))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsOfTraceIds(char character) =>
        char.IsAsciiLetterOrDigit(character) || "-_/+=".Contains(character, StringComparison.Ordinal);
}
