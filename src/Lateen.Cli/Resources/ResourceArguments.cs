// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;
using Lateen.ControlPlane.ResourceApi;

namespace Lateen.Cli.Resources;

/// <summary>Objects that a command line names, in kubectl's forms: <c>vs</c>, <c>vs,dr</c>, <c>vs a b</c>, <c>vs/a dr/b</c>, <c>istio-io</c>.</summary>
internal static class ResourceArguments
{
    /// <exception cref="CommandFailure">They make no sense.</exception>
    public static IReadOnlyList<ResourceReference> Parse(IReadOnlyList<string> words, string? ns, bool isEverywhere)
    {
        if (words.Count == 0)
            throw new CommandFailure(
                ExitCode.Usage,
                "names no resource; write KIND, KIND NAME, KIND/NAME or -f FILE, as in virtualservices reviews"
            );
        var within = isEverywhere ? "" : ns ?? ResourceReference.DefaultNamespace;
        var isBySlash = words[0].Contains('/', StringComparison.Ordinal);
        var found = isBySlash ? words.Select(word => BySlash(word, within)).ToList() : ByKind(words, within);
        return isEverywhere && found.Any(static item => item.Name.Length > 0 && !item.Kind.IsClusterScoped)
            ? throw new CommandFailure(
                ExitCode.Usage,
                "a name says which one within a namespace; write --namespace instead of --all-namespaces"
            )
            : found;
    }

    private static ResourceReference BySlash(string word, string ns)
    {
        var parts = word.Split('/');
        return parts.Length == 2 && parts[0].Length > 0 && parts[1].Length > 0
            ? ResourceReference.Of(ResourceReference.FindKind(parts[0]), ns, parts[1])
            : throw new CommandFailure(
                ExitCode.Usage,
                $"{word} is no KIND/NAME; when one resource is named so all of them must be"
            );
    }

    private static List<ResourceReference> ByKind(IReadOnlyList<string> words, string ns)
    {
        if (words.Skip(1).FirstOrDefault(static word => word.Contains('/', StringComparison.Ordinal)) is { } mixed)
            throw new CommandFailure(ExitCode.Usage, $"{mixed} is no name; write KIND NAME..., or KIND/NAME for each");
        var kinds = words[0].Split(',').SelectMany(Kinds).Distinct().ToList();
        return words.Count == 1
            ? kinds.Select(kind => ResourceReference.Of(kind, ns)).ToList()
            : kinds.SelectMany(kind => words.Skip(1).Select(name => ResourceReference.Of(kind, ns, name))).ToList();
    }

    /// <summary>A kind, or all of a category.</summary>
    private static IEnumerable<KindSchema> Kinds(string name)
    {
        var members = KindCatalogue.All.Where(kind => ServedKinds.CategoriesOf(kind).Contains(name)).ToList();
        return members.Count > 0 ? members : [ResourceReference.FindKind(name)];
    }
}
