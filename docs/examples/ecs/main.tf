terraform {
  required_version = ">= 1.7"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.76"
    }
  }
}

variable "vpc_id" {
  type = string
}

variable "private_subnet_ids" {
  type = list(string)
}

variable "image" {
  type = string
}

variable "alarm_topic_arn" {
  type = string
}

module "orders" {
  source = "./generated"

  private_subnet_ids = var.private_subnet_ids
  vpc_id             = var.vpc_id
}

# The servers: their group admits the load balancer, and nobody else.

resource "aws_security_group" "orders" {
  name_prefix = "orders-servers-"
  description = "Servers of the orders API"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "orders" {
  security_group_id            = aws_security_group.orders.id
  description                  = "Requests and health checks of the load balancer"
  referenced_security_group_id = module.orders.nlb_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

resource "aws_vpc_security_group_egress_rule" "images" {
  security_group_id = aws_security_group.orders.id
  description       = "Images and logs"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# The service: its tasks register themselves with the target group.

resource "aws_ecs_cluster" "orders" {
  name = "orders"
}

resource "aws_ecs_task_definition" "orders" {
  family                   = "orders"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "256"
  memory                   = "512"

  container_definitions = jsonencode([{
    name         = "orders"
    image        = var.image
    essential    = true
    portMappings = [{ containerPort = 8080, protocol = "tcp" }]
  }])
}

resource "aws_ecs_service" "orders" {
  name            = "orders"
  cluster         = aws_ecs_cluster.orders.id
  task_definition = aws_ecs_task_definition.orders.arn
  launch_type     = "FARGATE"
  desired_count   = 2

  health_check_grace_period_seconds = 60

  network_configuration {
    subnets         = var.private_subnet_ids
    security_groups = [aws_security_group.orders.id]
  }

  load_balancer {
    target_group_arn = module.orders.target_group_arn_orders
    container_name   = "orders"
    container_port   = 8080
  }
}

# An alarm for targets that are not healthy, and one for requests that end in 5xx.

resource "aws_cloudwatch_metric_alarm" "unhealthy" {
  alarm_name          = "orders-unhealthy"
  namespace           = "AWS/NetworkELB"
  metric_name         = "UnHealthyHostCount"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  alarm_actions       = [var.alarm_topic_arn]

  dimensions = {
    LoadBalancer = module.orders.nlb_arn_suffix
    TargetGroup  = module.orders.target_group_suffix_orders
  }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "orders-5xx"
  namespace           = "AWS/ApiGateway"
  metric_name         = "5XXError"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]

  dimensions = {
    ApiName = module.orders.rest_api_name
    Stage   = module.orders.stage_name
  }
}

output "url" {
  description = "URL of the API."
  value       = module.orders.invoke_url
}
