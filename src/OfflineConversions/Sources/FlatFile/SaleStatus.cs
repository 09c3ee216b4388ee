using System.Collections.Frozen;
using OfflineConversions.Json;
using OfflineConversions.Tables;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// Columns that say what became of an order. They are not sent, but an order that was cancelled or refunded as a whole,
/// or whose payment failed, is no sale. One that is pending, authorised or refunded in part is a sale.
/// </summary>
internal static class SaleStatus
{
    private static readonly TextSet StatusHeaders = Words(
        "status orderstatus financialstatus paymentstatus transactionstatus salestatus receiptstatus invoicestatus "
            + "type transactiontype eventtype receipttype saletype bestellstatus auftragsstatus zahlungsstatus "
            + "belegstatus transaktionsstatus typ transaktionstyp transaktionsart vorgangsart belegart statut "
            + "statutcommande statutdecommande statutdelacommande statutpaiement statutdepaiement etatcommande "
            + "etatdelacommande estado estadopedido estadodelpedido stato statoordine bestelstatus betaalstatus"
    );

    private static readonly TextSet CancellationHeaders = Words(
        "cancelled canceled iscancelled iscanceled cancelledat canceledat cancelledon canceledon cancelleddate "
            + "canceleddate cancellationdate datecancelled voided voidedat storniert storniertam stornodatum annulee "
            + "annule dateannulation"
    );

    private static readonly TextSet NoSale = Words(
        "refunded fullyrefunded refund cancelled canceled cancellation cancel void voided failed declined expired "
            + "reversed reversal wcrefunded wccancelled wcfailed "
            + "storniert storno erstattet erstattung ruckerstattet ruckerstattung rueckerstattet rueckerstattung "
            + "fehlgeschlagen abgebrochen gutschrift "
            + "annule annulee annulation rembourse remboursee remboursement echoue echouee "
            + "cancelado cancelada reembolsado reembolsada reembolso anulado anulada fallido fallida "
            + "annullato annullata rimborsato rimborsata rimborso fallito fallita "
            + "geannuleerd terugbetaald terugbetaling mislukt"
    );

    private static readonly TextSet Yes = Words("true yes y ja j oui o si s wahr vrai x 1");

    /// <summary>What a header, as <see cref="ColumnHeader"/> reduces it, says about its cells.</summary>
    public static SaleStatusColumn Of(ReadOnlySpan<char> header) =>
        StatusHeaders.Contains(header) ? SaleStatusColumn.Status
        : CancellationHeaders.Contains(header) ? SaleStatusColumn.Cancellation
        : SaleStatusColumn.None;

    /// <summary>Whether the cell says that the order is no sale.</summary>
    public static bool IsNoSale(SaleStatusColumn column, JsonPart cell)
    {
        if (column == SaleStatusColumn.None || CellText.Of(cell) is not { Length: <= ColumnHeader.Longest } text)
        {
            return false;
        }

        var word = ColumnHeader.Reduce(text);
        return column == SaleStatusColumn.Status
            ? NoSale.Contains(word)
            // When it was cancelled, or that it was. Some exports have 0000-00-00 where it was not.
            : Yes.Contains(word) || (word.Length >= 6 && word.AsSpan().ContainsAnyInRange('1', '9'));
    }

    private static TextSet Words(string words) => new(words.Split(' ').ToFrozenSet(StringComparer.Ordinal));
}

/// <summary>How a column says what became of an order.</summary>
internal enum SaleStatusColumn
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>By a word.</summary>
    Status,

    /// <summary>By the time at which the order was cancelled, or by yes and no.</summary>
    Cancellation,
}
