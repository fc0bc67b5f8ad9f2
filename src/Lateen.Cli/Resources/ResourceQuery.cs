// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Cli.Resources;

/// <summary>Reads objects: one by name, or all that selectors select, page by page.</summary>
internal sealed record ResourceQuery(ResourceReference Reference, string Labels, string Fields)
{
    /// <summary>Of a page (kubectl's chunk size).</summary>
    private const string Limit = "500";

    /// <param name="accept">In which form; pages of <see cref="ApiClient.Table"/> are tables.</param>
    /// <returns>The pages; what was refused is the last one.</returns>
    public async Task<IReadOnlyList<ApiAnswer>> ReadAsync(ApiClient api, string accept, CancellationToken stop)
    {
        if (Reference.Name.Length > 0)
            return [await api.GetAsync(Reference.Path, stop, accept).ConfigureAwait(false)];
        var pages = new List<ApiAnswer>();
        var next = "";
        do
        {
            var path = Reference.With(
                ("labelSelector", Labels),
                ("fieldSelector", Fields),
                ("limit", Limit),
                ("continue", next)
            );
            var page = await api.GetAsync(path, stop, accept).ConfigureAwait(false);
            pages.Add(page);
            next = page.IsSuccess ? page.Body.Member("metadata").Text("continue") ?? "" : "";
        } while (next.Length > 0);
        return pages;
    }

    /// <summary>The objects themselves.</summary>
    /// <exception cref="CommandFailure">It was refused.</exception>
    public async Task<IReadOnlyList<JsonObject>> ObjectsAsync(ApiClient api, CancellationToken stop)
    {
        var pages = await ReadAsync(api, ApiClient.Json, stop).ConfigureAwait(false);
        return ObjectsOf(Reference, pages.Select(static page => page.Object));
    }

    public static IReadOnlyList<JsonObject> ObjectsOf(ResourceReference reference, IEnumerable<JsonObject> pages) =>
        reference.Name.Length > 0
            ? pages.ToList()
            : pages
                .SelectMany(static page => page.Member("items").Items())
                .OfType<JsonObject>()
                .Select(item => Named(reference, item))
                .ToList();

    /// <summary>Items of lists need not say what they are.</summary>
    private static JsonObject Named(ResourceReference reference, JsonObject item)
    {
        if (item.ContainsKey("kind"))
            return item;
        var named = new JsonObject
        {
            ["apiVersion"] = reference.Kind.ApiVersion(reference.Version),
            ["kind"] = reference.Kind.Name,
        };
        foreach (var (name, value) in item)
            named[name] = value?.DeepClone();
        return named;
    }
}
