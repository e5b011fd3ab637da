# What is there: a file of one's own in the output folder. gwgen neither changes nor removes it.

variable "private_subnet_ids" {
  description = "Private subnets of the shared load balancer, in two zones or more."
  type        = list(string)
}

resource "aws_lb" "shared" {
  name                             = "shared"
  load_balancer_type               = "network"
  internal                         = true
  subnets                          = var.private_subnet_ids
  enable_cross_zone_load_balancing = true
}

resource "aws_api_gateway_vpc_link" "shared" {
  name        = "shared"
  target_arns = [aws_lb.shared.arn]
}

resource "aws_lb_target_group" "stock" {
  name        = "stock"
  port        = 8080
  protocol    = "TCP"
  target_type = "ip"
  vpc_id      = var.vpc_id
}

resource "aws_security_group" "servers" {
  name        = "servers"
  description = "Servers of the depot"
  vpc_id      = var.vpc_id
}
