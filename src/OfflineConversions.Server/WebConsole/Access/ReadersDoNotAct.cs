using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace OfflineConversions.Server.WebConsole.Access;

/// <summary>
/// Refuses every post from someone who may only see, whatever the page shows. Pages that change nothing say so with
/// <see cref="ChangesNothingAttribute"/>.
/// </summary>
internal sealed class ReadersDoNotAct : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (
            HttpMethods.IsGet(http.Request.Method)
            || HttpMethods.IsHead(http.Request.Method)
            || http.GetEndpoint()?.Metadata.GetMetadata<ChangesNothingAttribute>() is not null
            || http.RequestServices.GetRequiredService<ConsoleVisitors>().MayAct(http)
        )
        {
            return next();
        }

        context.Result = new StatusCodeResult(StatusCodes.Status403Forbidden);
        return Task.CompletedTask;
    }
}

/// <summary>The posts of a page change nothing, so that everyone who may see it may post.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ChangesNothingAttribute : Attribute;
