# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_vpce_probe_global_optspecs
    string join \n textfile= profile= feature= task-definition= service= only= skip= host= check-egress deadline= ca-file= fail-on= region= account= vpc-cidr= launch-type= platform-version= imds-endpoint= fips dual-stack agent-endpoint= docker-socket= agent-log-dir= json short v/verbose color= config= h/help V/version
end

function __fish_vpce_probe_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_vpce_probe_global_optspecs) -- $cmd '' 2>/dev/null
    or return
    if test -n "$argv[1]"
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_vpce_probe_using_subcommand
    set -l cmd (__fish_vpce_probe_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l textfile -d 'Write metrics to this file too, for node_exporter (ends in .prom)' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l profile -d 'Needs of this kind of place: ec2, fargate, ssm, external; repeatable' -r -f -a "ec2\t'EC2 container instance with the ECS agent'
fargate\t'Task on Fargate'
ssm\t'Instance managed by Systems Manager'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l feature -d 'Features in use: logs, secrets, ssm-parameters, exec, service-connect, guardduty, ...' -r -f -a "cloudformation\t''
efs\t''
exec\t''
guardduty\t''
images\t''
kms\t''
logs\t''
metrics\t''
secrets\t''
service-connect\t''
service-discovery\t''
ssm-parameters\t''
sts\t''
vss-snapshots\t''
xray\t''"
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l task-definition -d 'Task definition (JSON) that says what its task needs as well; - for standard input' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l service -d 'Also check this service: logs, kms, ...; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l only -d 'Check only these services; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l skip -d 'Leave these services out; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l host -d 'Also check this host name, which should be private; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l deadline -d 'Time for the whole run: 4s, 1500ms' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l ca-file -d 'Further certificate authorities that everything here trusts (PEM); see VPCE129' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l fail-on -d 'Exit with 1 already on this' -r -f -a "fail\t'Exit with 1 on failures only'
warn\t'Exit with 1 on warnings too'"
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l region -d 'Region: us-east-1' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l account -d 'Account id: twelve digits' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l vpc-cidr -d 'Range of the VPC, or of another network that holds endpoints; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l launch-type -d 'Kind of place' -r -f -a "ec2\t'EC2 container instance, or a task on one'
fargate\t'Task on Fargate'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l platform-version -d 'Fargate platform version: 1.4.0' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l imds-endpoint -d 'Instance metadata endpoint: http://169.254.169.254' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l agent-endpoint -d 'Introspection API of the ECS agent: http://172.17.0.1:51678' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l docker-socket -d 'Socket of the Docker Engine; DOCKER_HOST=unix://... too' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l agent-log-dir -d 'Folder of the ECS agent\'s log: /var/log/ecs' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l color -d 'Colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l config -d 'Read options from this file instead of /etc/vpce-probe/config.toml' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l check-egress -d 'Also connect to Amazon S3 of another Region, to learn whether there is another way out'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l fips -d 'Use the names of the FIPS 140 endpoints (AWS_USE_FIPS_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l dual-stack -d 'Use the dual-stack names (AWS_USE_DUALSTACK_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l json -d 'Print JSON'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -l short -d 'Print only what is not well, and the summary'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -s v -l verbose -d 'Print also what was asked, needs and certificates'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -s V -l version -d 'Print version'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -f -a "endpoints" -d 'Print which endpoints are needed here, and why; checks nothing'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -f -a "wait" -d 'Check until everything that is required passes'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -f -a "watch" -d 'Check for ever, and tell changes'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -f -a "health" -d 'Say in one line whether this place is healthy, for health checks of containers'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -f -a "agent" -d 'Look at the ECS agent of this machine, or restart it'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -f -a "explain" -d 'Explain a finding, or an error text of ECS, Docker, an agent or an SDK'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -f -a "fix" -d 'Print what would create or correct the endpoints; changes nothing'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -f -a "report" -d 'Print a saved JSON report again, judged by this version'
complete -c vpce-probe -n "__fish_vpce_probe_needs_command" -f -a "config" -d 'Print what each option is set to, and by what; checks nothing'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l region -d 'Region: us-east-1' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l account -d 'Account id: twelve digits' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l vpc-cidr -d 'Range of the VPC, or of another network that holds endpoints; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l launch-type -d 'Kind of place' -r -f -a "ec2\t'EC2 container instance, or a task on one'
fargate\t'Task on Fargate'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l platform-version -d 'Fargate platform version: 1.4.0' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l imds-endpoint -d 'Instance metadata endpoint: http://169.254.169.254' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l profile -d 'Needs of this kind of place: ec2, fargate, ssm, external; repeatable' -r -f -a "ec2\t'EC2 container instance with the ECS agent'
fargate\t'Task on Fargate'
ssm\t'Instance managed by Systems Manager'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l feature -d 'Features in use: logs, secrets, ssm-parameters, exec, service-connect, guardduty, ...' -r -f -a "cloudformation\t''
efs\t''
exec\t''
guardduty\t''
images\t''
kms\t''
logs\t''
metrics\t''
secrets\t''
service-connect\t''
service-discovery\t''
ssm-parameters\t''
sts\t''
vss-snapshots\t''
xray\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l task-definition -d 'Task definition (JSON) that says what its task needs as well; - for standard input' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l service -d 'Also check this service: logs, kms, ...; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l only -d 'Check only these services; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l skip -d 'Leave these services out; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l host -d 'Also check this host name, which should be private; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l config -d 'Read options from this file instead of /etc/vpce-probe/config.toml' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l check-egress -d 'Also connect to Amazon S3 of another Region, to learn whether there is another way out'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l fips -d 'Use the names of the FIPS 140 endpoints (AWS_USE_FIPS_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l dual-stack -d 'Use the dual-stack names (AWS_USE_DUALSTACK_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -l json -d 'Print JSON'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand endpoints" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l timeout -d 'How long to wait: 5m, 90s' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l profile -d 'Needs of this kind of place: ec2, fargate, ssm, external; repeatable' -r -f -a "ec2\t'EC2 container instance with the ECS agent'
fargate\t'Task on Fargate'
ssm\t'Instance managed by Systems Manager'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l feature -d 'Features in use: logs, secrets, ssm-parameters, exec, service-connect, guardduty, ...' -r -f -a "cloudformation\t''
efs\t''
exec\t''
guardduty\t''
images\t''
kms\t''
logs\t''
metrics\t''
secrets\t''
service-connect\t''
service-discovery\t''
ssm-parameters\t''
sts\t''
vss-snapshots\t''
xray\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l task-definition -d 'Task definition (JSON) that says what its task needs as well; - for standard input' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l service -d 'Also check this service: logs, kms, ...; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l only -d 'Check only these services; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l skip -d 'Leave these services out; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l host -d 'Also check this host name, which should be private; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l deadline -d 'Time for each check: 4s, 1500ms' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l ca-file -d 'Further certificate authorities that everything here trusts (PEM); see VPCE129' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l fail-on -d 'Exit with 1 already on this' -r -f -a "fail\t'Exit with 1 on failures only'
warn\t'Exit with 1 on warnings too'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l region -d 'Region: us-east-1' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l account -d 'Account id: twelve digits' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l vpc-cidr -d 'Range of the VPC, or of another network that holds endpoints; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l launch-type -d 'Kind of place' -r -f -a "ec2\t'EC2 container instance, or a task on one'
fargate\t'Task on Fargate'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l platform-version -d 'Fargate platform version: 1.4.0' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l imds-endpoint -d 'Instance metadata endpoint: http://169.254.169.254' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l agent-endpoint -d 'Introspection API of the ECS agent: http://172.17.0.1:51678' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l docker-socket -d 'Socket of the Docker Engine; DOCKER_HOST=unix://... too' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l agent-log-dir -d 'Folder of the ECS agent\'s log: /var/log/ecs' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l color -d 'Colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l log-format -d 'Form of the log' -r -f -a "text\t'Lines for people, and for the journal'
json\t'One JSON object a line'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l log-level -d 'Log this and what is graver' -r -f -a "error\t'What keeps the program from its work'
warn\t'What a person should look at'
info\t'Changes'
debug\t'Every check'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l config -d 'Read options from this file instead of /etc/vpce-probe/config.toml' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l check-egress -d 'Also connect to Amazon S3 of another Region, to learn whether there is another way out'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l fips -d 'Use the names of the FIPS 140 endpoints (AWS_USE_FIPS_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l dual-stack -d 'Use the dual-stack names (AWS_USE_DUALSTACK_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l json -d 'Print JSON'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -l short -d 'Print only what is not well, and the summary'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -s v -l verbose -d 'Print also what was asked, needs and certificates'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l interval -d 'Time from one check to the next: 30s, 5m' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l fail-after -d 'Checks in a row that must be worse before the verdict gets worse' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l recover-after -d 'Checks in a row that must be better before the verdict gets better' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l listen -d 'Serve /metrics, /healthz, /livez and /report here: 127.0.0.1:9110' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l textfile -d 'Write metrics to this file too, for node_exporter (ends in .prom)' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l socket -d 'Unix socket: a path, or a name after @ that needs no disk' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l profile -d 'Needs of this kind of place: ec2, fargate, ssm, external; repeatable' -r -f -a "ec2\t'EC2 container instance with the ECS agent'
fargate\t'Task on Fargate'
ssm\t'Instance managed by Systems Manager'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l feature -d 'Features in use: logs, secrets, ssm-parameters, exec, service-connect, guardduty, ...' -r -f -a "cloudformation\t''
efs\t''
exec\t''
guardduty\t''
images\t''
kms\t''
logs\t''
metrics\t''
secrets\t''
service-connect\t''
service-discovery\t''
ssm-parameters\t''
sts\t''
vss-snapshots\t''
xray\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l task-definition -d 'Task definition (JSON) that says what its task needs as well; - for standard input' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l service -d 'Also check this service: logs, kms, ...; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l only -d 'Check only these services; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l skip -d 'Leave these services out; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l host -d 'Also check this host name, which should be private; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l deadline -d 'Time for each check: 4s, 1500ms' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l ca-file -d 'Further certificate authorities that everything here trusts (PEM); see VPCE129' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l fail-on -d 'Not healthy is what fails (fail), or warns too (warn)' -r -f -a "fail\t'Exit with 1 on failures only'
warn\t'Exit with 1 on warnings too'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l region -d 'Region: us-east-1' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l account -d 'Account id: twelve digits' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l vpc-cidr -d 'Range of the VPC, or of another network that holds endpoints; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l launch-type -d 'Kind of place' -r -f -a "ec2\t'EC2 container instance, or a task on one'
fargate\t'Task on Fargate'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l platform-version -d 'Fargate platform version: 1.4.0' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l imds-endpoint -d 'Instance metadata endpoint: http://169.254.169.254' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l agent-endpoint -d 'Introspection API of the ECS agent: http://172.17.0.1:51678' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l docker-socket -d 'Socket of the Docker Engine; DOCKER_HOST=unix://... too' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l agent-log-dir -d 'Folder of the ECS agent\'s log: /var/log/ecs' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l color -d 'Colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l log-format -d 'Form of the log' -r -f -a "text\t'Lines for people, and for the journal'
json\t'One JSON object a line'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l log-level -d 'Log this and what is graver' -r -f -a "error\t'What keeps the program from its work'
warn\t'What a person should look at'
info\t'Changes'
debug\t'Every check'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l config -d 'Read options from this file instead of /etc/vpce-probe/config.toml' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l emf -d 'Print every check for CloudWatch (embedded metric format) instead of events'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l check-egress -d 'Also connect to Amazon S3 of another Region, to learn whether there is another way out'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l fips -d 'Use the names of the FIPS 140 endpoints (AWS_USE_FIPS_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l dual-stack -d 'Use the dual-stack names (AWS_USE_DUALSTACK_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l json -d 'Print JSON'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -l short -d 'Print only what is not well, and the summary'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -s v -l verbose -d 'Print also what was asked, needs and certificates'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l socket -d 'Unix socket: a path, or a name after @ that needs no disk' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l profile -d 'Needs of this kind of place: ec2, fargate, ssm, external; repeatable' -r -f -a "ec2\t'EC2 container instance with the ECS agent'
fargate\t'Task on Fargate'
ssm\t'Instance managed by Systems Manager'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l feature -d 'Features in use: logs, secrets, ssm-parameters, exec, service-connect, guardduty, ...' -r -f -a "cloudformation\t''
efs\t''
exec\t''
guardduty\t''
images\t''
kms\t''
logs\t''
metrics\t''
secrets\t''
service-connect\t''
service-discovery\t''
ssm-parameters\t''
sts\t''
vss-snapshots\t''
xray\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l task-definition -d 'Task definition (JSON) that says what its task needs as well; - for standard input' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l service -d 'Also check this service: logs, kms, ...; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l only -d 'Check only these services; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l skip -d 'Leave these services out; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l host -d 'Also check this host name, which should be private; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l deadline -d 'Time for the whole run: 4s, 1500ms' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l ca-file -d 'Further certificate authorities that everything here trusts (PEM); see VPCE129' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l fail-on -d 'Exit with 1 already on this' -r -f -a "fail\t'Exit with 1 on failures only'
warn\t'Exit with 1 on warnings too'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l region -d 'Region: us-east-1' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l account -d 'Account id: twelve digits' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l vpc-cidr -d 'Range of the VPC, or of another network that holds endpoints; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l launch-type -d 'Kind of place' -r -f -a "ec2\t'EC2 container instance, or a task on one'
fargate\t'Task on Fargate'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l platform-version -d 'Fargate platform version: 1.4.0' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l imds-endpoint -d 'Instance metadata endpoint: http://169.254.169.254' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l agent-endpoint -d 'Introspection API of the ECS agent: http://172.17.0.1:51678' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l docker-socket -d 'Socket of the Docker Engine; DOCKER_HOST=unix://... too' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l agent-log-dir -d 'Folder of the ECS agent\'s log: /var/log/ecs' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l color -d 'Colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l config -d 'Read options from this file instead of /etc/vpce-probe/config.toml' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l check-egress -d 'Also connect to Amazon S3 of another Region, to learn whether there is another way out'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l fips -d 'Use the names of the FIPS 140 endpoints (AWS_USE_FIPS_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l dual-stack -d 'Use the dual-stack names (AWS_USE_DUALSTACK_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l json -d 'Print JSON'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -l short -d 'Print only what is not well, and the summary'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -s v -l verbose -d 'Print also what was asked, needs and certificates'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand health" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and not __fish_seen_subcommand_from status restart" -l config -d 'Read options from this file instead of /etc/vpce-probe/config.toml' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and not __fish_seen_subcommand_from status restart" -s h -l help -d 'Print help'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and not __fish_seen_subcommand_from status restart" -f -a "status" -d 'Show what the ECS agent is and what it is connected to, then everything that is checked'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and not __fish_seen_subcommand_from status restart" -f -a "restart" -d 'Restart the ECS agent, so that it uses the endpoints that are there now'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l deadline -d 'Time for the whole run: 4s, 1500ms' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l ca-file -d 'Further certificate authorities that everything here trusts (PEM); see VPCE129' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l fail-on -d 'Exit with 1 already on this' -r -f -a "fail\t'Exit with 1 on failures only'
warn\t'Exit with 1 on warnings too'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l region -d 'Region: us-east-1' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l account -d 'Account id: twelve digits' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l vpc-cidr -d 'Range of the VPC, or of another network that holds endpoints; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l launch-type -d 'Kind of place' -r -f -a "ec2\t'EC2 container instance, or a task on one'
fargate\t'Task on Fargate'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l platform-version -d 'Fargate platform version: 1.4.0' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l imds-endpoint -d 'Instance metadata endpoint: http://169.254.169.254' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l agent-endpoint -d 'Introspection API of the ECS agent: http://172.17.0.1:51678' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l docker-socket -d 'Socket of the Docker Engine; DOCKER_HOST=unix://... too' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l agent-log-dir -d 'Folder of the ECS agent\'s log: /var/log/ecs' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l color -d 'Colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l config -d 'Read options from this file instead of /etc/vpce-probe/config.toml' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l fips -d 'Use the names of the FIPS 140 endpoints (AWS_USE_FIPS_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l dual-stack -d 'Use the dual-stack names (AWS_USE_DUALSTACK_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l json -d 'Print JSON'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -l short -d 'Print only what is not well, and the summary'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Print also what was asked, needs and certificates'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l restart-interval -d 'Shortest time between two restarts: 15m, 1h' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l verify-timeout -d 'How long to wait for the agent to come back: 60s, 2m' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l state-dir -d 'Folder in which restarts are written down' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l deadline -d 'Time for the whole run: 4s, 1500ms' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l ca-file -d 'Further certificate authorities that everything here trusts (PEM); see VPCE129' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l fail-on -d 'Exit with 1 already on this' -r -f -a "fail\t'Exit with 1 on failures only'
warn\t'Exit with 1 on warnings too'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l region -d 'Region: us-east-1' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l account -d 'Account id: twelve digits' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l vpc-cidr -d 'Range of the VPC, or of another network that holds endpoints; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l launch-type -d 'Kind of place' -r -f -a "ec2\t'EC2 container instance, or a task on one'
fargate\t'Task on Fargate'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l platform-version -d 'Fargate platform version: 1.4.0' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l imds-endpoint -d 'Instance metadata endpoint: http://169.254.169.254' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l agent-endpoint -d 'Introspection API of the ECS agent: http://172.17.0.1:51678' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l docker-socket -d 'Socket of the Docker Engine; DOCKER_HOST=unix://... too' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l agent-log-dir -d 'Folder of the ECS agent\'s log: /var/log/ecs' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l color -d 'Colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l log-format -d 'Form of the log' -r -f -a "text\t'Lines for people, and for the journal'
json\t'One JSON object a line'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l log-level -d 'Log this and what is graver' -r -f -a "error\t'What keeps the program from its work'
warn\t'What a person should look at'
info\t'Changes'
debug\t'Every check'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l config -d 'Read options from this file instead of /etc/vpce-probe/config.toml' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l if-needed -d 'Only when the agent is on public addresses although the endpoints are there, or disconnected'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l force -d 'Also when the endpoints do not pass; overrides nothing else'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l dry-run -d 'Decide and say what would be done, but do not do it'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l fips -d 'Use the names of the FIPS 140 endpoints (AWS_USE_FIPS_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l dual-stack -d 'Use the dual-stack names (AWS_USE_DUALSTACK_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l json -d 'Print JSON'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -l short -d 'Print only what is not well, and the summary'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -s v -l verbose -d 'Print also what was asked, needs and certificates'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand agent; and __fish_seen_subcommand_from restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l deadline -d 'Time for the whole run: 4s, 1500ms' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l ca-file -d 'Further certificate authorities that everything here trusts (PEM); see VPCE129' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l fail-on -d 'Exit with 1 already on this' -r -f -a "fail\t'Exit with 1 on failures only'
warn\t'Exit with 1 on warnings too'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l region -d 'Region: us-east-1' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l account -d 'Account id: twelve digits' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l vpc-cidr -d 'Range of the VPC, or of another network that holds endpoints; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l launch-type -d 'Kind of place' -r -f -a "ec2\t'EC2 container instance, or a task on one'
fargate\t'Task on Fargate'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l platform-version -d 'Fargate platform version: 1.4.0' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l imds-endpoint -d 'Instance metadata endpoint: http://169.254.169.254' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l agent-endpoint -d 'Introspection API of the ECS agent: http://172.17.0.1:51678' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l docker-socket -d 'Socket of the Docker Engine; DOCKER_HOST=unix://... too' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l agent-log-dir -d 'Folder of the ECS agent\'s log: /var/log/ecs' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l color -d 'Colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l config -d 'Read options from this file instead of /etc/vpce-probe/config.toml' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l list -d 'List all codes and all kinds of error texts'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l check -d 'Check what the error text implies, and nothing else'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l fips -d 'Use the names of the FIPS 140 endpoints (AWS_USE_FIPS_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l dual-stack -d 'Use the dual-stack names (AWS_USE_DUALSTACK_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l json -d 'Print JSON'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -l short -d 'Print only what is not well, and the summary'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -s v -l verbose -d 'Print also what was asked, needs and certificates'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l format -d 'What the text is for' -r -f -a "cli\t'A script for bash and the AWS CLI'
terraform\t'Terraform'
cloudformation\t'A CloudFormation template'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l report -d 'Fix what this saved JSON report found, instead of checking; - for standard input' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l profile -d 'Needs of this kind of place: ec2, fargate, ssm, external; repeatable' -r -f -a "ec2\t'EC2 container instance with the ECS agent'
fargate\t'Task on Fargate'
ssm\t'Instance managed by Systems Manager'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l feature -d 'Features in use: logs, secrets, ssm-parameters, exec, service-connect, guardduty, ...' -r -f -a "cloudformation\t''
efs\t''
exec\t''
guardduty\t''
images\t''
kms\t''
logs\t''
metrics\t''
secrets\t''
service-connect\t''
service-discovery\t''
ssm-parameters\t''
sts\t''
vss-snapshots\t''
xray\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l task-definition -d 'Task definition (JSON) that says what its task needs as well; - for standard input' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l service -d 'Fix only this service, also when nothing here needs it; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l only -d 'Check only these services; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l skip -d 'Leave these services out; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l host -d 'Also check this host name, which should be private; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l deadline -d 'Time for the whole run: 4s, 1500ms' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l ca-file -d 'Further certificate authorities that everything here trusts (PEM); see VPCE129' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l fail-on -d 'Exit with 1 already on this' -r -f -a "fail\t'Exit with 1 on failures only'
warn\t'Exit with 1 on warnings too'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l region -d 'Region: us-east-1' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l account -d 'Account id: twelve digits' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l vpc-cidr -d 'Range of the VPC, or of another network that holds endpoints; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l launch-type -d 'Kind of place' -r -f -a "ec2\t'EC2 container instance, or a task on one'
fargate\t'Task on Fargate'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l platform-version -d 'Fargate platform version: 1.4.0' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l imds-endpoint -d 'Instance metadata endpoint: http://169.254.169.254' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l agent-endpoint -d 'Introspection API of the ECS agent: http://172.17.0.1:51678' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l docker-socket -d 'Socket of the Docker Engine; DOCKER_HOST=unix://... too' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l agent-log-dir -d 'Folder of the ECS agent\'s log: /var/log/ecs' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l color -d 'Colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l config -d 'Read options from this file instead of /etc/vpce-probe/config.toml' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l check-egress -d 'Also connect to Amazon S3 of another Region, to learn whether there is another way out'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l fips -d 'Use the names of the FIPS 140 endpoints (AWS_USE_FIPS_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l dual-stack -d 'Use the dual-stack names (AWS_USE_DUALSTACK_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l json -d 'Print JSON'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -l short -d 'Print only what is not well, and the summary'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -s v -l verbose -d 'Print also what was asked, needs and certificates'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand fix" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand report" -l fail-on -d 'Exit with 1 already on this' -r -f -a "fail\t'Exit with 1 on failures only'
warn\t'Exit with 1 on warnings too'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand report" -l color -d 'Colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand report" -l config -d 'Read options from this file instead of /etc/vpce-probe/config.toml' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand report" -l json -d 'Print JSON'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand report" -l short -d 'Print only what is not well, and the summary'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand report" -s v -l verbose -d 'Print also what was asked, needs and certificates'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l account -d 'Account id: twelve digits' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l agent-endpoint -d 'Introspection API of the ECS agent: http://172.17.0.1:51678' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l agent-log-dir -d 'Folder of the ECS agent\'s log: /var/log/ecs' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l ca-file -d 'Further certificate authorities that everything here trusts (PEM); see VPCE129' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l color -d 'Colours; NO_COLOR and CLICOLOR_FORCE are honoured' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l deadline -d 'Time for the whole run: 4s, 1500ms' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l docker-socket -d 'Socket of the Docker Engine; DOCKER_HOST=unix://... too' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l fail-after -d 'Checks in a row that must be worse before the verdict gets worse' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l fail-on -d 'Exit with 1 already on this' -r -f -a "fail\t'Exit with 1 on failures only'
warn\t'Exit with 1 on warnings too'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l feature -d 'Features in use: logs, secrets, ssm-parameters, exec, service-connect, guardduty, ...' -r -f -a "cloudformation\t''
efs\t''
exec\t''
guardduty\t''
images\t''
kms\t''
logs\t''
metrics\t''
secrets\t''
service-connect\t''
service-discovery\t''
ssm-parameters\t''
sts\t''
vss-snapshots\t''
xray\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l format -d 'What the text is for' -r -f -a "cli\t'A script for bash and the AWS CLI'
terraform\t'Terraform'
cloudformation\t'A CloudFormation template'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l host -d 'Also check this host name, which should be private; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l imds-endpoint -d 'Instance metadata endpoint: http://169.254.169.254' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l interval -d 'Time from one check to the next: 30s, 5m' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l launch-type -d 'Kind of place' -r -f -a "ec2\t'EC2 container instance, or a task on one'
fargate\t'Task on Fargate'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l listen -d 'Serve /metrics, /healthz, /livez and /report here: 127.0.0.1:9110' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l log-format -d 'Form of the log' -r -f -a "text\t'Lines for people, and for the journal'
json\t'One JSON object a line'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l log-level -d 'Log this and what is graver' -r -f -a "error\t'What keeps the program from its work'
warn\t'What a person should look at'
info\t'Changes'
debug\t'Every check'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l only -d 'Check only these services; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l platform-version -d 'Fargate platform version: 1.4.0' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l profile -d 'Needs of this kind of place: ec2, fargate, ssm, external; repeatable' -r -f -a "ec2\t'EC2 container instance with the ECS agent'
fargate\t'Task on Fargate'
ssm\t'Instance managed by Systems Manager'
external\t'Machine outside AWS (ECS Anywhere)'"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l recover-after -d 'Checks in a row that must be better before the verdict gets better' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l region -d 'Region: us-east-1' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l restart-interval -d 'Shortest time between two restarts: 15m, 1h' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l service -d 'Also check this service: logs, kms, ...; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l skip -d 'Leave these services out; repeatable' -r -f -a "ecs\t''
ecs-agent\t''
ecs-telemetry\t''
ecr.api\t''
ecr.dkr\t''
s3\t''
logs\t''
monitoring\t''
xray\t''
secretsmanager\t''
kms\t''
sts\t''
ssm\t''
ssmmessages\t''
ec2messages\t''
ec2\t''
guardduty-data\t''
elasticfilesystem\t''
servicediscovery\t''
data-servicediscovery\t''
cloudformation\t''"
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l socket -d 'Unix socket: a path, or a name after @ that needs no disk' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l state-dir -d 'Folder in which restarts are written down' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l task-definition -d 'Task definition (JSON) that says what its task needs as well; - for standard input' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l textfile -d 'Write metrics to this file too, for node_exporter (ends in .prom)' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l timeout -d 'How long to wait: 5m, 90s' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l verify-timeout -d 'How long to wait for the agent to come back: 60s, 2m' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l vpc-cidr -d 'Range of the VPC, or of another network that holds endpoints; repeatable' -r -f
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l config -d 'Read options from this file instead of /etc/vpce-probe/config.toml' -r -F
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l template -d 'Print a file to begin with, in which everything is explained and nothing is set'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l check-egress -d 'Also connect to Amazon S3 of another Region, to learn whether there is another way out'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l dual-stack -d 'Use the dual-stack names (AWS_USE_DUALSTACK_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l emf -d 'Print every check for CloudWatch (embedded metric format) instead of events'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l fips -d 'Use the names of the FIPS 140 endpoints (AWS_USE_FIPS_ENDPOINT=true too)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l json -d 'Print JSON'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -l short -d 'Print only what is not well, and the summary'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -s v -l verbose -d 'Print also what was asked, needs and certificates'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE001 -d 'The Region is not known'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE002 -d 'The deadline came before every check was finished'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE003 -d 'The Region belongs to no known partition'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE004 -d 'The instance metadata cannot be used'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE005 -d 'The task metadata cannot be used'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE006 -d 'Different Regions are named'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE007 -d 'It is not known what kind of place this is'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE008 -d 'The address ranges of the VPC are not known'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE009 -d 'A configuration file cannot be read'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE010 -d 'No DNS resolver is configured'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE011 -d 'The name does not exist'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE012 -d 'The name exists but has no address'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE013 -d 'The resolver fails to answer (SERVFAIL)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE014 -d 'The resolver refuses to answer (REFUSED)'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE015 -d 'The resolver does not answer'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE016 -d 'The resolver cannot be reached'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE017 -d 'The resolver\'s answer cannot be used'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE018 -d 'Lookups of one address family fail'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE019 -d 'One of several resolvers fails'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE020 -d 'The name is pinned in the hosts file'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE021 -d 'Resolvers do not say the same of the name'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE022 -d 'The resolver does not know the private addresses that the Amazon-provided one knows'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE030 -d 'Only a part of the endpoint\'s names is private'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE031 -d 'A private zone is named after the endpoint service instead of the host'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE032 -d 'A numbered ECS host resolves to private addresses'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE033 -d 'The name leads to the service in another Region'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE050 -d 'The hop limit keeps containers from the instance metadata'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE051 -d 'The instance metadata is switched off'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE052 -d 'This task is kept from the instance metadata'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE101 -d 'The name resolves to public addresses'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE102 -d 'The name resolves to private and public addresses'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE103 -d 'The name resolves to private addresses outside this VPC'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE104 -d 'The name resolves to an address that no endpoint can have'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE105 -d 'It cannot be told whether an address belongs to this VPC'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE110 -d 'The endpoint does not answer on port 443'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE111 -d 'The address refuses connections on port 443'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE112 -d 'Some addresses of the endpoint do not work'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE113 -d 'There is no route to the address'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE114 -d 'The connection is reset while it is made'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE115 -d 'A public address does not answer: there is no way to it'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE116 -d 'This machine does not let the connection out'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE119 -d 'A certificate ends soon'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE120 -d 'The certificate is for other names'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE121 -d 'The certificate has expired'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE122 -d 'The certificate is not valid yet'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE123 -d 'The certificate is of an unknown issuer'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE124 -d 'The TLS handshake gets no answer after connecting'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE125 -d 'The server ends the TLS handshake with an alert'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE126 -d 'What answers on port 443 does not speak TLS'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE127 -d 'The TLS handshake fails for another reason'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE128 -d 'This machine\'s clock is wrong'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE129 -d 'The certificate is trusted only through a variable of the environment'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE130 -d 'Only some of the three ECS endpoints are private'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE131 -d 'Amazon S3 does not answer although the registry does'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE132 -d 'There is another way out, so the path to Amazon S3 is not known'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE133 -d 'The task uses something of another Region'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE134 -d 'An image comes from a registry that has no VPC endpoint'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE135 -d 'What the task needs could not be read completely'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE140 -d 'The ECS agent is too old for VPC endpoints'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE141 -d 'The ECS agent does not run'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE142 -d 'The ECS agent runs, but waits for the ecs endpoint'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE143 -d 'The ECS agent is not registered'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE144 -d 'The ECS agent has no connection to ECS'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE145 -d 'The ECS agent is connected to public addresses although the endpoints are there'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE146 -d 'The ECS agent goes through a proxy instead of the endpoints'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE147 -d 'The ECS agent uses another Region'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE148 -d 'ECS named a public host to the ECS agent'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE149 -d 'Not everything about the ECS agent can be seen from here'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE150 -d 'The answer of the ECS agent cannot be used'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE151 -d 'The ECS agent is starting, or about to'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE152 -d 'The ECS agent runs without its unit'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE160 -d 'A proxy leads past endpoints that are there'
complete -c vpce-probe -n "__fish_vpce_probe_using_subcommand explain" -f -a VPCE161 -d 'NO_PROXY does not name what no proxy can reach'
