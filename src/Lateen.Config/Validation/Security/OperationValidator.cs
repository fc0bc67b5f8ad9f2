// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Security;

namespace Lateen.Config.Validation.Security;

/// <summary>What is asked for, in a rule of an AuthorizationPolicy.</summary>
internal static class OperationValidator
{
    public static void Check(Operation operation, FieldPath at, ValidationScope scope)
    {
        (string Name, IReadOnlyList<string> Values)[] fields =
        [
            ("hosts", operation.Hosts),
            ("notHosts", operation.NotHosts),
            ("ports", operation.Ports),
            ("notPorts", operation.NotPorts),
            ("methods", operation.Methods),
            ("notMethods", operation.NotMethods),
            ("paths", operation.Paths),
            ("notPaths", operation.NotPaths),
        ];
        RuleValues.Check(fields, at, scope);
        CheckPorts(operation.Ports, at["ports"], scope);
        CheckPorts(operation.NotPorts, at["notPorts"], scope);
        CheckPaths(operation.Paths, at["paths"], scope);
        CheckPaths(operation.NotPaths, at["notPaths"], scope);
    }

    private static void CheckPorts(IReadOnlyList<string> ports, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < ports.Count; i++)
        {
            if (
                !int.TryParse(ports[i], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                || port is < 1 or > 65535
            )
                scope.OutOfRange(at[i], $"\"{ports[i]}\" is no port", "write a number from 1 to 65535, in quotes");
        }
    }

    private static void CheckPaths(IReadOnlyList<string> paths, FieldPath at, ValidationScope scope)
    {
        for (var i = 0; i < paths.Count; i++)
        {
            if (!IsTemplate(paths[i]))
                continue;
            if (!IsGoodTemplate(paths[i]))
                scope.Bad(
                    at[i],
                    $"\"{paths[i]}\" is no template of a path",
                    "begin with /; {*} stands for one segment and {**}, once and last but for fixed ends, for any number"
                );
        }
    }

    private static bool IsTemplate(string path) => path.AsSpan().ContainsAny('{', '}');

    private static bool IsGoodTemplate(string path)
    {
        if (!path.StartsWith('/'))
            return false;
        var hasMany = false;
        foreach (var segment in path[1..].Split('/'))
        {
            if (segment == "{**}")
            {
                if (hasMany)
                    return false;
                hasMany = true;
            }
            else if (segment == "{*}" ? hasMany : segment.AsSpan().ContainsAny('{', '}', '*'))
            {
                return false;
            }
        }
        return true;
    }
}
