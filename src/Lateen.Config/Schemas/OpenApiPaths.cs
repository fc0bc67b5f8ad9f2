// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Schemas;

/// <summary>
/// The paths of a kind as OpenAPI has them: what is there, of which kind, and which parameters are known. <c>kubectl</c> reads from them
/// the kind of a resource's name, and whether the server can check fields and dry-run.
/// </summary>
internal sealed class OpenApiPaths(bool isV2)
{
    private static readonly (string Name, string Type, string Description)[] s_listing =
    [
        ("allowWatchBookmarks", "boolean", "Sends bookmarks to a watch."),
        ("continue", "string", "Where the next page begins, as the page before said."),
        ("fieldSelector", "string", "Fields that objects must have."),
        ("labelSelector", "string", "Labels that objects must have."),
        ("limit", "integer", "At most so many in a page."),
        ("resourceVersion", "string", "Not older than this."),
        ("resourceVersionMatch", "string", "How resourceVersion is meant."),
        ("timeoutSeconds", "integer", "Ends a watch after this time."),
        ("watch", "boolean", "Sends changes as they come."),
    ];

    private static readonly (string Name, string Type, string Description)[] s_writing =
    [
        ("dryRun", "string", "All: does everything but keep the result."),
        ("fieldManager", "string", "Who writes."),
        ("fieldValidation", "string", "What becomes of unknown fields: Ignore, Warn or Strict."),
    ];

    private static readonly (string Name, string Type, string Description)[] s_applying =
    [
        .. s_writing,
        ("force", "boolean", "Takes fields from other managers; for apply."),
    ];

    private static readonly (string Name, string Type, string Description)[] s_deleting =
    [
        ("dryRun", "string", "All: does everything but keep the result."),
        ("gracePeriodSeconds", "integer", "Seconds until it goes."),
        ("propagationPolicy", "string", "What becomes of what depends on it."),
    ];

    public void Add(JsonObject paths, KindSchema kind, string version)
    {
        var root = kind.Group.Length == 0 ? $"/api/{version}" : $"/apis/{kind.Group}/{version}";
        var collection = kind.IsClusterScoped
            ? $"{root}/{kind.Plural}"
            : $"{root}/namespaces/{{namespace}}/{kind.Plural}";
        var item = $"{collection}/{{name}}";
        if (!kind.IsClusterScoped)
            paths[$"{root}/{kind.Plural}"] = Path(kind, version, "", ("get", "list", s_listing));
        paths[collection] = Path(
            kind,
            version,
            collection,
            ("get", "list", s_listing),
            ("post", "post", s_writing),
            ("delete", "deletecollection", s_deleting)
        );
        paths[item] = Path(
            kind,
            version,
            item,
            ("get", "get", []),
            ("put", "put", s_writing),
            ("patch", "patch", s_applying),
            ("delete", "delete", s_deleting)
        );
        paths[$"{item}/status"] = Path(
            kind,
            version,
            item,
            ("get", "get", []),
            ("put", "put", s_writing),
            ("patch", "patch", s_applying)
        );
    }

    private JsonObject Path(
        KindSchema kind,
        string version,
        string path,
        params (string Verb, string Action, (string, string, string)[] Parameters)[] verbs
    )
    {
        var operations = new JsonObject();
        foreach (var (verb, action, parameters) in verbs)
            operations[verb] = Operation(kind, version, verb, action, parameters);
        var names = new JsonArray();
        if (path.Contains("{namespace}", StringComparison.Ordinal))
            names.Add(Parameter("path", "namespace", "string", "Of the objects."));
        if (path.EndsWith("{name}", StringComparison.Ordinal))
            names.Add(Parameter("path", "name", "string", "Of the object."));
        if (names.Count > 0)
            operations["parameters"] = names;
        return operations;
    }

    private JsonObject Operation(
        KindSchema kind,
        string version,
        string verb,
        string action,
        (string Name, string Type, string Description)[] parameters
    )
    {
        var all = new JsonArray();
        if (isV2 && verb is "post" or "put" or "patch")
            all.Add(Body());
        foreach (var (name, type, description) in parameters)
            all.Add(Parameter("query", name, type, description));
        var operation = new JsonObject
        {
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = OpenApiWriter.GroupVersionKind(kind, version, kind.Name),
        };
        if (all.Count > 0)
            operation["parameters"] = all;
        if (isV2 && verb is "patch")
            operation["consumes"] = PatchTypes(kind);
        else if (verb is "patch")
            operation["requestBody"] = new JsonObject
            {
                ["content"] = new JsonObject(
                    PatchTypes(kind).Select(static type => KeyValuePair.Create(type!.GetValue<string>(), Anything()))
                ),
            };
        return operation;
    }

    /// <summary>Only Kubernetes' own kinds have a strategic merge; <c>kubectl apply</c> decides by this which patch it makes.</summary>
    private static JsonArray PatchTypes(KindSchema kind)
    {
        var types = new JsonArray("application/json-patch+json", "application/merge-patch+json");
        if (kind.HasStrategicMerge)
            types.Add("application/strategic-merge-patch+json");
        types.Add("application/apply-patch+yaml");
        return types;
    }

    private static JsonNode? Anything() => new JsonObject { ["schema"] = new JsonObject { ["type"] = "object" } };

    private static JsonObject Body() =>
        new()
        {
            ["name"] = "body",
            ["in"] = "body",
            ["required"] = true,
            ["schema"] = new JsonObject { ["type"] = "object" },
        };

    private JsonObject Parameter(string place, string name, string type, string description)
    {
        var parameter = new JsonObject
        {
            ["name"] = name,
            ["in"] = place,
            ["description"] = description,
        };
        if (place == "path")
            parameter["required"] = true;
        if (isV2)
            parameter["type"] = type;
        else
            parameter["schema"] = new JsonObject { ["type"] = type };
        return parameter;
    }
}
