// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.Collections;
using Lateen.Config.Kinds.Networking;
using Api = Envoy.Config.Core.V3;

namespace Lateen.Translation.Routes;

/// <summary>Header rules of VirtualServices on the wire.</summary>
internal static class HeaderChanges
{
    public static void Add(
        HeaderOperations operations,
        RepeatedField<Api.HeaderValueOption> add,
        RepeatedField<string> remove
    )
    {
        foreach (var (name, value) in operations.Set)
            AddOne(name, value, Api.HeaderValueOption.Types.HeaderAppendAction.OverwriteIfExistsOrAdd, add);
        foreach (var (name, value) in operations.Add)
            AddOne(name, value, Api.HeaderValueOption.Types.HeaderAppendAction.AppendIfExistsOrAdd, add);
        remove.AddRange(operations.Remove);
    }

    /// <summary>The host that a rule sets, which is a rewrite of the host and no header like others; null when none does.</summary>
    public static string? Authority(HeaderOperations request)
    {
        foreach (var (name, value) in request.Set.Concat(request.Add))
        {
            if (IsAuthority(name))
                return value;
        }
        return null;
    }

    private static void AddOne(
        string name,
        string value,
        Api.HeaderValueOption.Types.HeaderAppendAction action,
        RepeatedField<Api.HeaderValueOption> add
    )
    {
        if (!IsAuthority(name))
            add.Add(
                new Api.HeaderValueOption
                {
                    Header = new() { Key = name, Value = value },
                    AppendAction = action,
                }
            );
    }

    private static bool IsAuthority(string name) =>
        name.Equals("host", StringComparison.OrdinalIgnoreCase) || name == ":authority";
}
